import JobProtocol
import LinuxSystem
import TestSupport
import Testing
import Varlink

@Suite("A job is asked, then killed", .needsCgroups)
struct StopTests {
  @Test(
    "Case 17: A job that traps its signal ends as it likes",
    arguments: ["TERM", "INT", "HUP", "USR1"])
  func trapped(_ signal: String) throws {
    try withDaemon { daemon in
      let job = try daemon.run(
        answering([signal: 9]), stop: StopContext(signal: "SIG" + signal))
      try job.says("ready\n")
      try job.client.halfClose()
      let result = try job.result()
      #expect(result.exitStatus == 9)
      #expect(!result.killed)
      #expect(job.text == "ready\nheard \(signal)\n")
    }
  }

  @Test("Case 17: A deaf job is killed when its grace period is over, and not before")
  func graceIsExact() throws {
    try withDaemon { daemon in
      let period = 300_000
      let job = try daemon.shell(deaf, stop: StopContext(gracePeriodUSec: period))
      try job.says("ready\n")
      let asked = SystemClock.monotonicUSec()
      try job.client.halfClose()
      let finished = try job.finished()
      let result = try #require(finished.runtime.result)
      #expect(result.killed)
      #expect(result.exitSignal == "SIGKILL")
      #expect(result.cause == .disconnected)
      #expect(try #require(finished.runtime.finishedTimestamp).monotonic - asked >= period)
    }
  }

  @Test("Without a grace period a job is killed at once, and never asked")
  func noGrace() throws {
    try withDaemon { daemon in
      let job = try daemon.run(answering(["TERM": 0]), stop: StopContext(gracePeriodUSec: 0))
      try job.says("ready\n")
      try job.client.halfClose()
      let result = try job.result()
      #expect(result.killed)
      #expect(result.exitSignal == "SIGKILL")
      #expect(job.text == "ready\n")
    }
  }

  /// Two processes, of which each says what it hears; the main one waits for the other, and ends it by
  /// another signal if need be.
  private static let two = [
    "perl", "-e",
    """
    $| = 1; $SIG{USR1} = sub { exit };
    $child = fork; $name = $child ? "main" : "child";
    $SIG{TERM} = sub { print "$name\\n"; exit unless $child; $asked = 1 };
    print "ready\\n";
    select undef, undef, undef, 0.05 until $asked;
    kill USR1 => $child if "@ARGV"; waitpid $child, 0; exit 2;
    """,
  ]

  @Test("With scope main only the main process is asked")
  func scopeMain() throws {
    try withDaemon { daemon in
      let job = try daemon.run(Self.two + ["end the child"], stop: StopContext(scope: .main))
      try job.says("ready\nready\n")
      try job.client.halfClose()
      #expect(try job.result().exitStatus == 2)
      #expect(job.text == "ready\nready\nmain\n")
    }
  }

  @Test("With scope tree every process is asked, once")
  func scopeTree() throws {
    try withDaemon { daemon in
      let job = try daemon.run(Self.two)
      try job.says("ready\nready\n")
      try job.client.halfClose()
      let result = try job.result()
      #expect(result.exitStatus == 2)
      #expect(!result.killed)
      #expect(job.text.split(separator: "\n").sorted() == ["child", "main", "ready", "ready"])
    }
  }

  @Test("A job that is asked by its standard input sees that end, and no signal")
  func closeInput() throws {
    try withDaemon { daemon in
      let job = try daemon.shell(
        "trap 'echo signal' TERM; echo ready; cat; echo end; exit 3",
        stop: StopContext(signal: "none", closeStandardInput: true))
      try job.says("ready\n")
      #expect(try job.client.isQuiet())
      try job.client.halfClose()
      let result = try job.result()
      #expect(result.exitStatus == 3)
      #expect(result.cause == .disconnected)
      #expect(job.text == "ready\nend\n")
    }
  }

  @Test("A job may be asked by its standard input and by a signal")
  func closeInputAndSignal() throws {
    try withDaemon { daemon in
      let job = try daemon.run(
        [
          "perl", "-e",
          """
          $| = 1; $SIG{USR1} = sub { $heard = 1 }; print "ready\\n"; 1 while <STDIN>;
          select undef, undef, undef, 0.05 until $heard; print "both\\n";
          """,
        ], stop: StopContext(signal: "USR1", closeStandardInput: true))
      try job.says("ready\n")
      try job.client.halfClose()
      #expect(try job.result().exitStatus == 0)
      #expect(job.text == "ready\nboth\n")
    }
  }

  @Test("A job that is not to be signalled is killed after its grace period")
  func noSignal() throws {
    try withDaemon { daemon in
      let job = try daemon.run(
        answering(["TERM": 0]), stop: StopContext(signal: "none", gracePeriodUSec: 100_000))
      try job.says("ready\n")
      try job.client.halfClose()
      #expect(try job.result().exitSignal == "SIGKILL")
      #expect(job.text == "ready\n")
    }
  }

  @Test(
    "A signal may be given by number, a real-time one, too",
    arguments: [("10", "USR1"), ("35", "NUM35"), ("RTMIN+1", "NUM35")])
  func byNumber(_ signal: String, _ heard: String) throws {
    try withDaemon { daemon in
      let job = try daemon.run(answering([heard: 8]), stop: StopContext(signal: signal))
      try job.says("ready\n")
      try job.client.halfClose()
      #expect(try job.result().exitStatus == 8)
      #expect(job.text == "ready\nheard \(heard)\n")
    }
  }

  @Test(
    "Processes that a main process leaves are asked like a canceled job's, and have its grace period"
  )
  func leftoversAreAsked() throws {
    try withDaemon { daemon in
      let job = try daemon.run([
        "perl", "-e",
        """
        $| = 1; pipe READ, WRITE;
        if (fork) { close WRITE; <READ>; exit 3 }
        $SIG{TERM} = sub { print "heard\\n"; exit }; close WRITE;
        select undef, undef, undef, 0.05 while 1;
        """,
      ])
      let result = try job.result()
      #expect(result.cause == .exited)
      #expect(result.exitStatus == 3)
      #expect(!result.killed)
      #expect(job.text == "heard\n")
    }
  }
}
