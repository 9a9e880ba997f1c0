import JobProtocol
import LinuxSystem
import TestSupport
import Testing

@Suite("Case 34: A job inherits nothing by accident, however its daemon was started", .needsCgroups)
struct CleanStartTests {
  /// Fields of /proc/PID/stat. proc_pid_stat(5)
  private enum Stat {
    static let processGroup = 5
    static let session = 6
    static let nice = 19
  }

  /// Starts a daemon in a state of a shell's making, and in it a job that does nothing.
  private func withJob(
    _ state: String, _ options: TestDaemon.Options = TestDaemon.Options(),
    _ body: (_ daemon: ProcessFiles, _ job: ProcessFiles) throws -> Void
  ) throws {
    var options = options
    options.wrapper = ["bash", "-c", "\(state); exec \"$@\"", "bash"]
    try withDaemon(options) { daemon in
      let job = try daemon.run(["sleep", "infinity"])
      let pid = try #require(try job.started().runtime.mainPid)
      try body(ProcessFiles(daemon.pid), ProcessFiles(Int32(pid)))
      try job.client.halfClose()
      let result = try job.result()
      // It has heard SIGTERM.
      #expect(result.exitSignal == "SIGTERM")
      #expect(!result.killed)
    }
  }

  @Test("Case 34: Signals that the daemon ignores, SIGCHLD among them, are at their defaults")
  func ignoredSignals() throws {
    try withJob("trap '' HUP INT QUIT USR1 PIPE TERM CHLD TSTP RTMIN") { daemon, job throws in
      #expect(try daemon.statusText("SigIgn") != "0000000000000000")
      for set in ["SigIgn", "SigCgt", "SigBlk"] {
        #expect(try job.statusText(set) == "0000000000000000", "\(set)")
      }
    }
  }

  @Test("Case 6: A job hears signals that are blocked in the daemon, and so does the daemon itself")
  func blockedSignals() throws {
    var options = TestDaemon.Options()
    options.blocksSignals = true
    try withJob(":", options) { daemon, job throws in
      #expect(try daemon.statusText("SigBlk") != "0000000000000000")
      #expect(try job.statusText("SigBlk") == "0000000000000000")
    }
  }

  @Test("Case 34: Nice value, scheduling and OOM score are the ordinary ones")
  func priorities() throws {
    let state = """
      echo 500 > /proc/$$/oom_score_adj
      renice -n 5 $$ >/dev/null; chrt --batch --pid 0 $$; ionice -c 3 -p $$
      """
    try withJob(state) { daemon, job throws in
      #expect(try daemon.stat(Stat.nice) == 5)
      #expect(try daemon.stat(ProcessFiles.schedulingPolicy) != 0)
      #expect(try contents(of: "/proc/\(daemon.pid)/oom_score_adj") == "500\n")
      #expect(try output(of: ["ionice", "-p", "\(daemon.pid)"]) == "idle\n")

      #expect(try job.stat(Stat.nice) == 0)
      #expect(try job.stat(ProcessFiles.schedulingPolicy) == 0)
      #expect(try contents(of: "/proc/\(job.pid)/oom_score_adj") == "0\n")
      #expect(try output(of: ["ionice", "-p", "\(job.pid)"]).hasPrefix("none"))
    }
  }

  @Test("Case 34: Limits are those that the daemon was started with, not those it gave itself")
  func limits() throws {
    let state = "ulimit -S -n 300; ulimit -H -n 2000; ulimit -S -c 0; ulimit -H -c 4096"
    try withJob(state) { daemon, job throws in
      #expect(try limit("Max open files", of: daemon) == ["2000", "2000"])
      #expect(try limit("Max open files", of: job) == ["300", "2000"])
      #expect(try limit("Max core file size", of: job) == ["0", "\(4096 * 1024)"])
    }
  }

  private func limit(_ name: String, of process: ProcessFiles) throws -> [String]? {
    let lines = try contents(of: "/proc/\(process.pid)/limits").split(separator: "\n")
    let line = lines.first { $0.hasPrefix(name) }
    return line.map { $0.dropFirst(name.count).split(separator: " ").prefix(2).map(String.init) }
  }

  @Test("Case 34: The file mode mask is the default one")
  func umask() throws {
    try withJob("umask 077") { daemon, job throws in
      #expect(try daemon.statusText("Umask") == "0077")
      #expect(try job.statusText("Umask") == "0022")
    }
  }

  @Test("Case 34: A job is in a session and a process group of its own")
  func session() throws {
    try withJob(":") { daemon, job throws in
      #expect(try job.stat(Stat.session) == Int(job.pid))
      #expect(try job.stat(Stat.processGroup) == Int(job.pid))
      #expect(try daemon.stat(Stat.session) != Int(job.pid))
    }
  }

  @Test("Case 34: A job has descriptors 0 to 2 and no other, whatever the daemon was given")
  func descriptors() throws {
    let pipe = try LinuxSystem.Pipe()
    var options = TestDaemon.Options()
    options.passing = Array(repeating: pipe.reader.raw, count: 40)
    try withJob("exec 250</etc/passwd", options) { daemon, job throws in
      let open = try daemon.descriptors()
      #expect(open[250] == "/etc/passwd")
      #expect(open[3] == open[42])
      #expect(try job.descriptors().keys.sorted() == [0, 1, 2])
    }
  }

  @Test(
    "Case 34: A daemon with its standard streams closed gives its jobs none of its own for them")
  func closedStreams() throws {
    try withJob("exec <&- >&- 2>&-") { _, job in
      let open = try job.descriptors()
      #expect(open.keys.sorted() == [0, 1, 2])
      #expect(open[0] == "/dev/null")
      #expect(open[1]?.hasPrefix("pipe:") == true)
      #expect(open[2]?.hasPrefix("pipe:") == true)
    }
  }
}
