import JobProtocol
import LinuxSystem
import TestSupport
import Testing
import Varlink

@Suite(
  "A leaf that can't be removed yet holds nothing up, and goes in the end", .needsCgroups,
  .enabled(if: BusyDirectory.isPermitted, "needs the right to mount, to keep a directory busy"))
struct LeftoverTests {
  /// A job that ends when its client half-closes.
  private func start(_ daemon: TestDaemon) throws -> (TestJob, leaf: String) {
    let job = try daemon.shell(
      "echo ready; read line; exit 3", stop: StopContext(signal: "none", closeStandardInput: true))
    try job.says("ready\n")
    let group = try #require(try job.started().runtime.controlGroup)
    return (job, Cgroups.directory(group))
  }

  @Test("Case 26: A leaf without processes that is busy is told of, and removed once it isn't")
  func busy() throws {
    try withDaemon { daemon in
      let (job, leaf) = try start(daemon)
      let mount = try BusyDirectory(leaf)
      try job.client.halfClose()
      let result = try job.result()
      #expect(result.cause == .disconnected)
      #expect(result.exitStatus == 3)
      #expect(!result.killed)

      let description = try daemon.describe()
      #expect(description.running == 0)
      #expect(description.removing == 1)
      #expect(description.stuck == 0)
      try daemon.waitForNotification("STATUS=0 running, 0 queued, 1 being removed")
      #expect(try daemon.shell("exit 4").result().exitStatus == 4)
      #expect(exists(leaf))

      mount.release()
      try waitUntil("the leaf is removed") { !exists(leaf) }
      try waitUntil("it is not counted") { try daemon.describe().removing == 0 }
    }
  }

  @Test("Case 26: What somebody makes in the leaf of a job that has ended is removed with it")
  func madeLater() throws {
    try withDaemon { daemon in
      let (job, leaf) = try start(daemon)
      try Cgroups.make("\(leaf)/early")
      let mount = try BusyDirectory("\(leaf)/early")
      try job.client.halfClose()
      #expect(try job.result().exitStatus == 3)
      try Cgroups.make("\(leaf)/late")
      try Cgroups.make("\(leaf)/late/deeper")
      let stranger = try TestProcess(["/bin/sleep", "infinity"])
      try write("\(stranger.pid)", to: "\(leaf)/late/deeper/cgroup.procs")

      mount.release()
      try waitUntil("the leaf is removed") { !exists(leaf) }
      // Whoever goes where a job's processes are is treated as one of them.
      #expect(try stranger.waitForExit().status == .signaled(.kill, coreDumped: false))
    }
  }

  @Test("What jobd can't remove at its end is left to the guardian, for which the next jobd waits")
  func atTheEnd() throws {
    try withDaemon { daemon in
      let (job, leaf) = try start(daemon)
      let mount = try BusyDirectory(leaf)
      let guardian = try daemon.guardianPidfd()
      try daemon.send(.terminate)
      #expect(try job.result().cause == .shutdown)
      #expect(try daemon.process.waitForExit().status == .exited(code: 0))
      #expect(daemon.log.contains("control groups are left"))

      let next = try daemon.startNext()
      mount.release()
      try next.waitUntilReady()
      // Otherwise it would go on killing what it finds.
      #expect(try isReadable(guardian.descriptor.raw))
      #expect(!exists(leaf))
      let client = try TestClient(next.socketPath)
      #expect(try client.run(["/bin/sh", "-c", "exit 5"]).result().exitStatus == 5)
      try next.process.send(.terminate)
      #expect(try next.process.waitForExit().status == .exited(code: 0))
    }
  }

  @Test("A leaf that stays busy, and in which nobody lives, keeps no other jobd from its start")
  func staysBusy() throws {
    try withDaemon { daemon in
      let (job, leaf) = try start(daemon)
      let mount = try BusyDirectory(leaf)
      let guardian = try daemon.guardianPidfd()
      try daemon.send(.terminate)
      #expect(try job.result().cause == .shutdown)
      #expect(try daemon.process.waitForExit().status == .exited(code: 0))

      let next = try daemon.startNext()
      try next.waitUntilReady()
      #expect(try isReadable(guardian.descriptor.raw), "never beside the guardian")
      #expect(next.log.contains("control groups of an earlier jobd can't be removed"))
      let client = try TestClient(next.socketPath)
      #expect(try client.run(["/bin/sh", "-c", "exit 5"]).result().exitStatus == 5)

      mount.release()
      try next.process.send(.terminate)
      #expect(try next.process.waitForExit().status == .exited(code: 0))
      #expect(!exists(daemon.jobsDirectory))
    }
  }
}
