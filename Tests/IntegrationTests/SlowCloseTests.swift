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
      let other = try SlowFile("slow_flush.py", daemon.socketPath, ["/bin/true"])
      // Its job is being started, and can't have closed the copy that isn't its standard output.
      try other.says("closing")
      for _ in 1...6 {
        #expect(try client.run(["/bin/true"]).result().exitStatus == 0)
        #expect(try daemon.shell("exit 3").result().exitStatus == 3)
      }
      client.close()
      try other.end()
      try daemon.waitUntilIdle()
    }
  }

  @Test("The same for a job that waits, and is canceled")
  func canceled() throws {
    var options = TestDaemon.Options()
    options.arguments = ["--running-max", "1"]
    try withDaemon(options) { daemon in
      let first = try daemon.run(["/bin/sleep", "1000"])
      let id = try first.started().id
      let other = try SlowFile("slow_flush.py", daemon.socketPath, ["/bin/true"])
      try waitUntil("it waits") { try daemon.describe().queued == 1 }
      _ = try daemon.cancel(id + 1)
      try other.says("closing")
      _ = try daemon.cancel(id, gracePeriodUSec: 0)
      #expect(try first.result().cause == .requested)
      #expect(try daemon.shell("exit 3").result().exitStatus == 3)
      try other.end()
    }
  }

  @Test("A pipe into which a process moves a file that nobody answers for")
  func pipe() throws {
    var options = TestDaemon.Options()
    options.arguments = ["--running-max", "1"]
    try withDaemon(options) { daemon in
      let first = try daemon.run(["/bin/sleep", "1000"])
      let id = try first.started().id
      let other = try SlowFile("held_pipe.py", daemon.socketPath, ["/bin/true"])
      try other.says("reading")
      try waitUntil("it waits") { try daemon.describe().queued == 1 }
      // Which closes the last descriptor of the pipe's end.
      _ = try daemon.cancel(id + 1)
      _ = try daemon.cancel(id, gracePeriodUSec: 0)
      #expect(try first.result().cause == .requested)
      #expect(try daemon.shell("exit 3").result().exitStatus == 3)
      try other.end()
    }
  }

  @Test("A guardian that takes another's place has no copy of it to close before it guards")
  func guardian() throws {
    var options = TestDaemon.Options()
    options.arguments = ["--running-max", "1"]
    try withDaemon(options) { daemon in
      let job = try daemon.run(["/bin/sleep", "1000"])
      try job.started()
      // Its job waits, and jobd holds the file for it.
      let other = try SlowFile("slow_flush.py", daemon.socketPath, ["/bin/true"])
      try waitUntil("it waits") { try daemon.describe().queued == 1 }
      let first = try daemon.guardian().pid
      try Pidfd.open(first).send(.kill)
      try waitUntil("the next one has what it needs, and waits for nothing but the daemon") {
        let next = try daemon.guardian()
        let waits = try contents(of: "/proc/\(next.pid)/wchan")
        return try next.pid != first && waits.contains("poll") && next.descriptors().count < 12
      }
      try other.end()
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
    let other = try SlowFile("slow_flush.py", jobd.socketPath, ["/bin/true"])
    let client = try TestClient(jobd.socketPath)
    try waitUntil("it waits") {
      try ServiceDescription(client.call("io.jobd.Describe").parameters).queued == 1
    }
    _ = try client.call("io.jobd.Cancel", CancelParameters(id: try job.queued().id + 1).wire)
    try other.says("closing")
    try jobd.process.send(.kill)
    try job.witness?.waitUntilGone()
    #expect(jobd.process.isRunning)
    try other.end()
    #expect(try jobd.process.waitForExit().status == .signaled(.kill, coreDumped: false))
  }
}
