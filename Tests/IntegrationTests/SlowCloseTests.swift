import Glibc
import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing
import Varlink

@Suite(
  "What it takes for ever to close holds up no job but the one that it was passed for",
  .needsCgroups, .enabled(if: Trap.fileSystem.isAvailable, "needs FUSE"), .timeLimit(.minutes(15)))
struct SlowCloseTests {
  @Test("A file of a file system that doesn't answer")
  func file() throws {
    try withDaemon { daemon in
      let client = try daemon.connect()
      for _ in 1...6 { #expect(try client.run(["/bin/true"]).result().exitStatus == 0) }
      let other = try SlowFile("slow_flush.py", [daemon.socketPath, "/bin/true"])
      // Its job is being started, and can't have closed the copy that isn't its standard output.
      try other.says("closing")
      for _ in 1...6 {
        #expect(try client.run(["/bin/true"]).result().exitStatus == 0)
        #expect(try daemon.shell("exit 3").result().exitStatus == 3)
      }
      client.close()
      other.end()
      try daemon.waitUntilIdle()
    }
  }

  /// A daemon that holds what the job of `script` is to have: another one runs, and that one waits.
  private func withWaiting(
    _ script: String, says line: String? = nil,
    _ body: (TestDaemon, _ running: TestJob, SlowFile) throws -> Void
  ) throws {
    var options = TestDaemon.Options()
    options.arguments = ["--running-max", "1"]
    try withDaemon(options) { daemon in
      let running = try daemon.run(["/bin/sleep", "1000"])
      try running.started()
      let other = try SlowFile(script, [daemon.socketPath, "/bin/true"])
      if let line { try other.says(line) }
      try waitUntil("it waits") { try daemon.describe().queued == 1 }
      try body(daemon, running, other)
    }
  }

  private func cancelBoth(
    _ daemon: TestDaemon, _ running: TestJob, _ other: SlowFile, says line: String? = nil
  ) throws {
    let id = try running.started().id
    _ = try daemon.cancel(id + 1)
    if let line { try other.says(line) }
    _ = try daemon.cancel(id, gracePeriodUSec: 0)
    #expect(try running.result().cause == .requested)
    #expect(try daemon.shell("exit 3").result().exitStatus == 3)
    other.end()
  }

  @Test("The same for a job that waits, and is canceled")
  func canceled() throws {
    try withWaiting("slow_flush.py") { daemon, running, other in
      try cancelBoth(daemon, running, other, says: "closing")
    }
  }

  @Test("A pipe into which a process moves a file that nobody answers for")
  func pipe() throws {
    // To cancel its job closes the last descriptor of the pipe's end.
    try withWaiting("held_pipe.py", says: "reading") { daemon, running, other in
      try cancelBoth(daemon, running, other)
    }
  }

  @Test("A guardian that takes another's place has no copy of it to close before it guards")
  func guardian() throws {
    try withWaiting("slow_flush.py") { daemon, _, other in
      let first = try daemon.guardian().pid
      try Pidfd.open(first).send(.kill)
      try waitUntil("the next one has what it needs, and waits for nothing but the daemon") {
        let next = try daemon.guardian()
        // The first may be there still, and be gone in a moment.
        guard next.pid != first else { return false }
        let waits = try contents(of: "/proc/\(next.pid)/wchan")
        return try waits.contains("poll") && next.descriptors().count < 12
      }
      other.end()
      try daemon.kill()
    }
  }

  @Test(
    "A jobd that is killed, and can't end before something is closed: its jobs do",
    arguments: [nil, "none"])
  func killed(cgroup: String?) throws {
    var options = TestDaemon.Options()
    options.arguments = ["--running-max", "1"] + (cgroup.map { ["--cgroup", $0] } ?? [])
    let jobd = try JobdProcess(options)
    try jobd.waitUntilReady()
    let job = try TestClient(jobd.socketPath).run(["/bin/sh", "-c", deaf])
    try job.says("ready\n")
    let other = try SlowFile("slow_flush.py", [jobd.socketPath, "/bin/true"])
    let client = try TestClient(jobd.socketPath)
    try waitUntil("it waits") {
      try ServiceDescription(client.call("io.jobd.Describe").parameters).queued == 1
    }
    _ = try client.call("io.jobd.Cancel", CancelParameters(id: try job.queued().id + 1).wire)
    try other.says("closing")
    try jobd.process.send(.kill)
    try job.witness?.waitUntilGone()
    #expect(jobd.process.isRunning)
    other.end()
    #expect(try jobd.process.waitForExit().status == .signaled(.kill, coreDumped: false))
  }
}
