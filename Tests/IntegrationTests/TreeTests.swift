import JobProtocol
import LinuxSystem
import TestSupport
import Testing
import Varlink

@Suite("Nothing of a job's tree outlives it, however it hides", .needsCgroups)
struct TreeTests {
  /// What a job leaves running, each saying "ready" when it is there; the main process stays.
  enum Hiding: String, CaseIterable {
    case child = "sleep infinity & echo ready; wait"
    case session = "setsid sleep infinity & echo ready; wait"
    case doubleFork =
      "(setsid sh -c 'sleep infinity & exec sleep infinity' &) ; echo ready; exec sleep infinity"
    case subshell = "((sleep infinity); true) & echo ready; wait"
    case disowned = "sleep infinity & (sleep infinity &) ; echo ready; exec sleep infinity"
    case ownGroup = "set -m; sleep infinity & echo ready; wait"
    case deafChild = "(trap '' TERM INT HUP QUIT; echo ready; while :; do sleep 1000; done) & wait"
    case deafSession =
      "setsid sh -c \"trap '' TERM; echo ready; while :; do sleep 1000; done\" & wait"
  }

  @Test(
    "Cases 13, 14, 15: a grandchild in a session or process group of its own ends with its job",
    arguments: Hiding.allCases)
  func hidden(_ hiding: Hiding) throws {
    try withDaemon { daemon in
      let job = try daemon.shell(hiding.rawValue, stop: StopContext(gracePeriodUSec: 100_000))
      try job.says("ready\n")
      try job.client.halfClose()
      #expect(try job.result().cause == .disconnected)
    }
  }

  /// A main process that is gone at once, and what it leaves.
  static let orphans = [
    "sleep infinity & echo ready", "setsid sleep infinity & echo ready",
    "(setsid sh -c 'sleep infinity & exec sleep infinity' &) ; echo ready",
    "((sleep infinity); true) & echo ready", "(sleep infinity &) ; echo ready",
    "set -m; sleep infinity & echo ready",
  ]

  @Test(
    "Case 11: What a main process leaves behind is ended, and the job's exit code is its own",
    arguments: orphans)
  func leftBehind(_ script: String) throws {
    try withDaemon { daemon in
      let job = try daemon.shell(script + "; exit 7")
      let result = try job.result()
      #expect(result.cause == .exited)
      #expect(result.exitStatus == 7)
      #expect(job.text == "ready\n")
    }
  }

  @Test("Case 11: A job that waits for its tree is as long as that", arguments: orphans)
  func waitsForTree(_ script: String) throws {
    try withDaemon { daemon in
      let job = try daemon.shell("echo $$; " + script, wait: .tree)
      let main = try job.line()
      try waitUntil("the main process has ended") { !exists("/proc/\(main)") }
      let id = try job.started().id
      #expect(try daemon.list(id).first?.runtime.state == .running)
      #expect(try job.witness?.isGone == false)
      try job.client.halfClose()
      let result = try job.result()
      #expect(result.cause == .disconnected)
      #expect(result.exitStatus == 0)
    }
  }

  @Test("Case 11: A job that waits for its tree ends with the last of it")
  func treeEnds() throws {
    try withDaemon { daemon in
      let pipe = try LinuxSystem.Pipe()
      // A background command of the shell reads from /dev/null unless it is told otherwise.
      let script = "(cat <&3; echo last) 3<&0 & exit 4"
      let job = try daemon.run(
        RunParameters(
          context: JobContext(
            command: ["/bin/sh", "-c", script].map(OSString.init(text:)), wait: .tree),
          standardInput: .descriptor(0)),
        descriptors: [pipe.reader.raw])
      let main = try #require(try job.started().runtime.mainPid)
      try waitUntil("the main process has ended") { !exists("/proc/\(main)") }
      // The only writing end is closed, and cat ends.
      _ = pipe.takeReader()
      let result = try job.result()
      #expect(result.cause == .exited)
      #expect(result.exitStatus == 4)
      #expect(job.text == "last\n")
    }
  }

  @Test("Case 16: A main process that obeys doesn't save a child that doesn't")
  func childIgnores() throws {
    try withDaemon { daemon in
      let job = try daemon.shell(
        "(\(deaf)) & trap 'exit 5' TERM; wait", stop: StopContext(gracePeriodUSec: 200_000))
      try job.says("ready\n")
      try job.client.halfClose()
      let result = try job.result()
      #expect(result.exitStatus == 5)
      #expect(result.killed)
    }
  }

  @Test("Case 18: A stopped process hears that it is asked to end")
  func stopped() throws {
    try withDaemon { daemon in
      // perl, which every Debian has, can wait for a child to have stopped.
      let job = try daemon.run([
        "perl", "-e",
        """
        use POSIX ":sys_wait_h"; $| = 1;
        if (!($child = fork)) { $SIG{TERM} = sub { print "heard\\n"; exit }; kill STOP => $$; sleep }
        waitpid $child, WUNTRACED; print "stopped\\n"; kill STOP => $$;
        """,
      ])
      try job.says("stopped\n")
      try job.client.halfClose()
      let result = try job.result()
      #expect(!result.killed)
      #expect(result.exitSignal == "SIGTERM")
      #expect(job.text == "stopped\nheard\n")
    }
  }

  @Test("Case 19: A frozen job is asked, and hears it")
  func frozenIsAsked() throws {
    try withDaemon { daemon in
      let job = try daemon.run(answering(["TERM": 0]))
      try job.says("ready\n")
      try freeze(try job.started())
      try job.client.halfClose()
      #expect(try job.result().killed == false)
      #expect(job.text == "ready\nheard TERM\n")
    }
  }

  @Test("Case 19: A frozen job is killed")
  func frozenIsKilled() throws {
    try withDaemon { daemon in
      let job = try daemon.shell(
        "setsid sleep infinity & echo ready; wait", stop: StopContext(gracePeriodUSec: 0))
      try job.says("ready\n")
      try freeze(try job.started())
      try job.client.halfClose()
      let result = try job.result()
      #expect(result.killed)
      #expect(result.exitSignal == "SIGKILL")
    }
  }

  private func freeze(_ job: Job) throws {
    let leaf = Cgroups.directory(try #require(job.runtime.controlGroup))
    try write("1", to: "\(leaf)/cgroup.freeze")
    try waitUntil("the job is frozen") {
      try Cgroups.value("frozen", in: "cgroup.events", of: leaf) == 1
    }
  }

  @Test(
    "Cases 20, 21: A job that forks faster than it is killed is ended whole", .serialized,
    arguments: 0..<5)
  func forks(_ round: Int) throws {
    try withDaemon { daemon in
      // A hundred processes, each of which replaces itself by another fifty times a second: none that is
      // seen is there when it is signalled. Faster, and the orphans would use up the machine's process ids
      // before init comes to reap them, for all tests.
      let job = try daemon.run(
        [
          "perl", "-e",
          """
          use POSIX; $| = 1; $SIG{CHLD} = 'IGNORE'; $SIG{TERM} = 'IGNORE'; setsid;
          for (1..99) { last unless fork } print "x";
          while (1) { select undef, undef, undef, 0.02; fork ? exit : setsid }
          """,
        ], stop: StopContext(gracePeriodUSec: round * 20_000), wait: .tree)
      try job.says(String(repeating: "x", count: 20 + round * 15))
      try job.client.halfClose()
      #expect(try job.result().cause == .disconnected)
    }
  }

  @Test("Case 22: A hundred processes in one leaf end together")
  func hundred() throws {
    try withDaemon { daemon in
      let job = try daemon.shell(
        "for i in $(seq 100); do sleep infinity & done; echo ready; wait",
        stop: StopContext(gracePeriodUSec: 0))
      try job.says("ready\n")
      #expect(
        Cgroups.processes(in: Cgroups.directory(try job.started().runtime.controlGroup ?? "")).count
          == 101)
      try job.client.halfClose()
      #expect(try job.result().killed)
    }
  }

  /// Makes the shell function `enter`, which makes a control group in the job's own and goes there.
  static let enter = """
    own() { sed -n 's/^0:://p' /proc/self/cgroup; }
    enter() { mkdir -p "\(Cgroups.mountPoint ?? "")$(own)/$1"; \
    echo $$ > "\(Cgroups.mountPoint ?? "")$(own)/$1/cgroup.procs"; }

    """

  @Test(
    "Cases 22, 24: A job in a tree of ten control groups of its own making is ended, the tree removed"
  )
  func nested() throws {
    try withDaemon { daemon in
      let job = try daemon.shell(
        Self.enter + """
          for i in $(seq 10); do enter $i; sleep infinity & done
          echo ready; wait
          """, stop: StopContext(gracePeriodUSec: 0))
      try job.says("ready\n")
      let group = try job.started().runtime.controlGroup ?? ""
      let deepest = (1...10).map { "/\($0)" }.joined()
      #expect(exists(Cgroups.directory(group + deepest)))
      try job.client.halfClose()
      #expect(try job.result().killed)
    }
  }

  @Test("Case 24: A main process that leaves its leaf for a group below it is asked and reaped")
  func movedBelow() throws {
    try withDaemon { daemon in
      let job = try daemon.shell(
        Self.enter + "enter below; exec \"$@\"", arguments: answering(["TERM": 6]))
      try job.says("ready\n")
      try job.client.halfClose()
      let result = try job.result()
      #expect(result.exitStatus == 6)
      #expect(job.text == "ready\nheard TERM\n")
    }
  }

  @Test("Case 23: A job in a threaded control group of its own making is ended")
  func threaded() throws {
    try withDaemon { daemon in
      let job = try daemon.shell(
        Self.enter + """
          leaf="\(Cgroups.mountPoint ?? "")$(own)"
          mkdir $leaf/threads && echo threaded > $leaf/threads/cgroup.type
          echo $$ > $leaf/threads/cgroup.procs
          sleep infinity & echo "ready $(own)"; wait
          """, stop: StopContext(gracePeriodUSec: 0))
      #expect(try job.line().hasSuffix("/threads"))
      try job.client.halfClose()
      #expect(try job.result().killed)
    }
  }

  @Test(
    "Case 25: A main process that escapes to another control group is ended, as it is held by pidfd"
  )
  func escapedMain() throws {
    try withDaemon { daemon in
      let outside = Cgroups.directory(try #require(try daemon.describe().controlGroup)) + "/.."
      let job = try daemon.shell(
        "trap '' TERM; echo $$ > \(outside)/../cgroup.procs && echo ready; while :; do sleep 1; done",
        stop: StopContext(gracePeriodUSec: 0))
      try job.says("ready\n")
      let id = try job.started().id
      job.client.close()
      #expect(try daemon.waitForEnd(of: id).runtime.result?.exitSignal == "SIGKILL")
      // Its child is beyond reach, and says so by living; it sleeps for a second.
      try job.witness?.waitUntilGone()
    }
  }
}
