import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite("jobctl run --stdin keepalive", .timeLimit(.minutes(15)))
struct JobctlKeepaliveTests {
  private let harness: JobctlHarness

  init() throws {
    harness = try JobctlHarness()
  }

  @Test("The end of standard input ends the job, and what comes before doesn't")
  func ends() async throws {
    let script = trapping("TERM", "echo asked; exit 8")
    let jobctl = try harness.jobctl(
      "run", "--stdin", "keepalive", "sh", "-c", script, input: .pipe)
    #expect(await waiting { jobctl.output.line() } == "ready")
    try jobctl.write("data that nobody reads\n")
    jobctl.closeInput()
    let run = await jobctl.ended()
    #expect(run.output == "asked\n")
    #expect(run.status == 8)
    #expect(run.errors == "")
  }

  @Test("An input that is closed is refused")
  func closed() async throws {
    let jobctl = try harness.jobctl("run", "--stdin", "keepalive", "true", input: .closed)
    let run = await jobctl.ended()
    #expect(run.status == 125)
    #expect(run.errors.contains("--stdin keepalive: standard input is closed"))
  }

  @Test(
    "An input that has nothing after all, as another was quicker, isn't at its end", .needsStrace)
  func taken() async throws {
    // Until the next attempt succeeds, or the job is no longer running.
    let run = try await harness.shell(
      """
      mkfifo $D/in $D/go $D/ready; exec 8<>$D/go 9<>$D/in
      strace -f -o $D/trace -P $D/in -e trace=read -e inject=read:error=EAGAIN:when=1 \
        jobctl run --stdin keepalive sh -c "echo > $D/ready; read x < $D/go; exit 3" < $D/in &
      read x < $D/ready; echo data >&9
      while [ $(grep -c read $D/trace) -lt 2 ] && jobctl list | grep -q running; do :; done
      grep -c EAGAIN $D/trace; echo >&8; wait $!; echo $?; rm $D/in $D/go $D/ready $D/trace
      """)
    #expect(run.output == "1\n3\n")
  }

  @Test(
    "Of several on one pipe each lives until its end, whoever gets what is written, and hears signals",
    arguments: [false, true])
  func shared(isNonblocking: Bool) async throws {
    let mode = "use Fcntl; fcntl STDIN, F_SETFL, O_RDONLY | \(isNonblocking ? "O_NONBLOCK" : "0")"
    // A shell has /dev/null as the input of what runs in the background, unless it is given another.
    let script = """
      exec 5<&0
      for i in 1 2 3 4; do
        jobctl run --stdin keepalive sh -c 'echo ready; exec sleep 600' <&5 & pids="$pids $!"
      done
      echo $pids
      for pid in $pids; do wait $pid; echo $?; done
      """
    let path = "PATH=\(Spawned.product(""))/:/usr/bin:/bin"
    let shell = try Spawned(
      "/usr/bin/perl", ["-e", "\(mode); exec @ARGV", "/bin/sh", "-c", script],
      environment: ["JOBD_SOCKET=\(harness.socket)", path], input: .pipe)
    var pids: [pid_t] = []
    for _ in 0..<5 {
      let line = await waiting { shell.output.line() } ?? ""
      if line != "ready" { pids = line.split(separator: " ").compactMap { pid_t($0) } }
    }
    #expect(pids.count == 4)
    // Each byte is told to all of them, and one gets it.
    let pipe = try OwnedDescriptor.open(
      path: FilePath("/proc/\(shell.pid)/fd/0"), options: [.nonBlocking])
    for _ in 0..<300 {
      try shell.write("-")
      try waitUntil("one of them has read it") { try pipe.unreadBytes() == 0 }
    }
    let list = try await harness.jobctl("list", "--json").ended()
    #expect(list.output.split(separator: "\n").count { $0.contains(#""state":"running""#) } == 4)

    if let first = pids.first { kill(first, SIGTERM) }
    shell.closeInput()
    let run = await shell.ended()
    let ended = Array(repeating: "\(128 + SIGTERM)", count: 4)
    #expect(run.output.split(separator: "\n").map(String.init) == ended)
    #expect(run.errors == "")
  }
}
