import Glibc
import JobProtocol
import LinuxSystem
import TestSupport
import Testing

@Suite(
  "What somebody else does to jobd's control groups is told, and no promise falls", .needsCgroups)
struct MeddlingTests {
  private func leaf(of job: TestJob) throws -> String {
    Cgroups.directory(try #require(try job.started().runtime.controlGroup))
  }

  /// A control group beside jobd's.
  private func withOtherGroup(_ body: (String) throws -> Void) throws {
    let other = "\(try #require(Cgroups.mountPoint))/jobd-test-other-\(ProcessContext.processID)"
    try Cgroups.make(other)
    defer {
      try? write("1", to: "\(other)/cgroup.kill")
      try? waitUntil("it is removed") { unsafe rmdir(other) == 0 || errno == ENOENT }
    }
    try body(other)
  }

  @Test("A leaf that is emptied and removed: its main process ends with the line all the same")
  func leafRemoved() throws {
    try withDaemon { daemon in
      try withOtherGroup { other in
        let job = try daemon.shell("exec sleep infinity")
        let leaf = try leaf(of: job)
        try write("\(try #require(try job.started().runtime.mainPid))", to: "\(other)/cgroup.procs")
        try waitUntil("the leaf is removed") { unsafe rmdir(leaf) == 0 }

        try job.client.halfClose()
        #expect(try job.result().cause == .disconnected)
        try job.witness?.waitUntilGone()
      }
    }
  }

  @Test("Whoever enters the leaf of a job that runs ends with it")
  func stranger() throws {
    try withDaemon { daemon in
      let job = try daemon.shell(
        "read line; exit 3", stop: StopContext(signal: "none", closeStandardInput: true))
      let stranger = try TestProcess(["/bin/sleep", "infinity"])
      try write("\(stranger.pid)", to: "\(leaf(of: job))/cgroup.procs")

      try job.client.halfClose()
      let result = try job.result()
      #expect(result.exitStatus == 3)
      #expect(try stranger.waitForExit().status == .signaled(.kill, coreDumped: false))
    }
  }

  @Test("While all jobs are frozen a job that starts is canceled, and one that comes later runs")
  func allFrozen() throws {
    try withDaemon { daemon in
      let freezer = "\(daemon.jobsDirectory)/cgroup.freeze"
      let running = try daemon.shell("exec sleep infinity")
      try running.started()
      try write("1", to: freezer)
      let starting = try daemon.shell("echo never")
      try starting.queued()
      try starting.client.halfClose()
      #expect(try starting.result().cause == .disconnected)
      #expect(starting.text.isEmpty)

      try write("0", to: freezer)
      #expect(try daemon.shell("exit 4").result().exitStatus == 4)
      try running.client.halfClose()
      #expect(try running.result().exitSignal == "SIGTERM")
    }
  }

  @Test("A jobd that is killed while a job is born frozen ends all jobs, as ever")
  func killedWhileFrozen() throws {
    try withDaemon { daemon in
      let running = try daemon.shell(deaf)
      try running.says("ready\n")
      try write("1", to: "\(daemon.jobsDirectory)/cgroup.freeze")
      let born = try newborn(in: daemon)
      try daemon.kill()
      #expect(try running.witness?.isGone == true)
      born.client.close()
    }
  }

  @Test(
    "A connection that jobd ends while a job is born frozen has ended for its client",
    arguments: [true, false])
  func endedWhileFrozen(hasClone3: Bool) throws {
    try withDaemon(hasClone3 ? TestDaemon.Options() : .withoutClone3()) { daemon in
      let client = try daemon.connect()
      try write("1", to: "\(daemon.jobsDirectory)/cgroup.freeze")
      let born = try newborn(in: daemon)
      try client.send("no message\0")
      #expect(try client.nextOrEnd() == nil)
      born.client.close()
      try write("0", to: "\(daemon.jobsDirectory)/cgroup.freeze")
    }
  }

  /// A process that is frozen before it executes its command; without clone3 it has copies of all
  /// descriptors of the daemon's.
  private func newborn(in daemon: TestDaemon) throws -> TestJob {
    let job = try daemon.run(["/bin/true"])
    let id = try job.queued().id
    try waitUntil("its process is there") {
      let leaf = daemon.leaves.first { $0.hasSuffix("-\(id)") }
      guard let leaf else { return false }
      return !Cgroups.processes(in: "\(daemon.jobsDirectory)/\(leaf)").isEmpty
    }
    return job
  }

  @Test("Where the control group of all jobs is removed each job is told, and jobd ends well")
  func jobsRemoved() throws {
    try withDaemon { daemon in
      try waitUntil("there is no leaf") { unsafe rmdir(daemon.jobsDirectory) == 0 }
      for _ in 0..<3 {
        let failure = try daemon.shell("echo never").result().startFailure
        #expect(failure?.step == .controlGroup)
        #expect(failure?.errnoName == "ENODEV" || failure?.errnoName == "ENOENT")
      }
      try daemon.stop()
    }
  }
}

@Suite(
  "In a container", .needsCgroups,
  .enabled(if: BusyDirectory.isPermitted, "needs the right to mount"))
struct ContainerTests {
  @Test("Of a /proc/loadavg that a process serves nothing is asked")
  func load() throws {
    let directory = try ScratchDirectory()
    let file = try directory.file("loadavg", "0.20 0.18 0.12 1/80 11206\n")
    var options = TestDaemon.Options()
    options.wrapper = inMountNamespace("mount --bind \(file) /proc/loadavg &&")
    try withDaemon(options) { daemon in
      #expect(try daemon.shell("exit 3").result().exitStatus == 3)
      let open = try ProcessFiles(daemon.pid).descriptors().values
      #expect(!open.contains { $0.hasSuffix("loadavg") })
    }
  }
}

@Suite(
  "Where control groups can't be written to, that is said", .needsCgroups,
  .enabled(if: BusyDirectory.isPermitted, "needs the right to mount"))
struct ReadOnlyGroupsTests {
  private static func remount(readOnly: Bool) -> String {
    "mount -o remount,bind,\(readOnly ? "ro" : "rw") \(Cgroups.mountPoint ?? "")"
  }

  @Test("A jobd that finds them read-only says so, and leaves nothing")
  func fromTheBeginning() throws {
    var options = TestDaemon.Options()
    options.wrapper = inMountNamespace("\(Self.remount(readOnly: true));")
    let directory = try ScratchDirectory()
    options.directory = directory
    let (exit, log) = try TestDaemon.startInVain(options)
    #expect(exit.status == .exited(code: 1))
    #expect(log.contains("no cgroup can be had for jobs"))
    #expect(log.contains("EROFS"))
    #expect(!exists(directory.path("s.lock")))
  }

  @Test("While they are read-only jobs are told, those that run end with their lines")
  func forAWhile() throws {
    var options = TestDaemon.Options()
    options.wrapper = inMountNamespace("")
    try withDaemon(options) { daemon in
      let enter = ["nsenter", "--mount", "--target", "\(daemon.pid)", "sh", "-c"]
      let running = try daemon.shell("sleep infinity & setsid sleep infinity & \(deaf)")
      try running.says("ready\n")
      let bystander = try daemon.shell("exec sleep infinity")
      try bystander.started()
      _ = try output(of: enter + [Self.remount(readOnly: true)])

      let failure = try daemon.shell("echo never").result().startFailure
      #expect(failure?.step == .controlGroup)
      #expect(failure?.errnoName == "EROFS")
      // Nobody can be killed by cgroup.kill now.
      running.client.close()
      try running.witness?.waitUntilGone()
      #expect(try bystander.witness?.isGone == false)

      _ = try output(of: enter + [Self.remount(readOnly: false)])
      #expect(try daemon.shell("exit 3").result().exitStatus == 3)
      try bystander.client.halfClose()
      #expect(try bystander.result().cause == .disconnected)
    }
  }
}
