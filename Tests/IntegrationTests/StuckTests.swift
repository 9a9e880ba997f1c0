import JobProtocol
import LinuxSystem
import TestSupport
import Testing
import Varlink

@Suite("Whoever SIGKILL doesn't end at once is killed again, and told of", .needsCgroups)
struct StuckTests {
  @Test("Case 28: A job whose process survives SIGKILL is told as stuck, and gives up its slot")
  func stuck() throws {
    let kinds = Trap.available
    var options = TestDaemon.Options()
    options.arguments = ["--running-max", "\(kinds.count)"]
    try withDaemon(options) { daemon in
      let traps = try kinds.map { try $0.set() }
      let jobs = try traps.map { try daemon.shell($0.command) }
      let ids = try jobs.map { try $0.started().id }
      for (trap, job) in zip(traps, jobs) {
        try trap.catchProcess(Int32(try #require(try job.started().runtime.mainPid)))
      }
      let next = try daemon.shell("exit 4")
      try next.queued()

      let asked = SystemClock.monotonicUSec()
      let cancelers = try ids.map { id in
        let canceler = try daemon.connect()
        let parameters = CancelParameters(id: id, gracePeriodUSec: 0)
        try canceler.send(Call("io.jobd.Cancel", parameters.wire))
        return canceler
      }
      for (number, job) in jobs.enumerated() {
        let finished = try job.finished()
        #expect(try CancelReply(try cancelers[number].next().parameters).job == finished)
        #expect(try #require(finished.runtime.finishedTimestamp).monotonic - asked >= 10_000_000)
        expectStuck(finished, state: kinds[number].state)
      }
      #expect(try next.result().exitStatus == 4)
      let kept = kinds.count { $0.keepsLeaf }
      if kept > 0 {
        try daemon.waitForNotification(
          "STATUS=0 running, 0 queued, \(kept) being removed, \(kept) stuck")
      }

      for trap in traps { try trap.release() }
      for job in jobs { try job.witness?.waitUntilGone() }
      try waitUntil("nothing is left to be removed") { try daemon.describe().removing == 0 }
    }
  }

  private func expectStuck(_ job: Job, state: String) {
    let result = job.runtime.result
    #expect(result?.cause == .stuck)
    #expect(result?.killed == true)
    #expect(result?.exitStatus == nil)
    #expect(result?.exitSignal == nil)
    #expect(result?.survivors?.map(\.pid) == job.runtime.mainPid.map { [$0] })
    #expect(result?.survivors?.map(\.state) == [state])
  }

  @Test(
    "A job that ends while its start waits behind those that hang is never started, and isn't stuck",
    .enabled(if: Trap.fileSystem.isAvailable, "needs FUSE"), arguments: [nil, "none"])
  func waitingStart(cgroup: String?) throws {
    var options = TestDaemon.Options()
    options.arguments = ["--running-max", "100"] + (cgroup.map { ["--cgroup", $0] } ?? [])
    let jobd = try JobdProcess(options)
    try jobd.waitUntilReady()
    let trap = try SilentFileSystem()
    // As many as there are threads.
    let hanging = try (0..<64).map { _ in try TestClient(jobd.socketPath).run([trap.file]) }
    for job in hanging { try job.queued() }
    let waiting = try TestClient(jobd.socketPath).run(
      ["sleep", "infinity"], stop: StopContext(gracePeriodUSec: 0))
    try waiting.queued()
    try waiting.client.halfClose()
    let result = try waiting.result()
    #expect(result.cause == .disconnected)
    #expect(result.exitSignal == nil)
    trap.release()
    for job in hanging { #expect(try job.result().startFailure?.step == .executable) }
    #expect(try waiting.witness?.isGone == true)
    try jobd.process.send(.terminate)
    #expect(try jobd.process.waitForExit().status == .exited(code: 0))
  }

  @Test("Case 29: A process that comes into the leaf when that was killed already is killed, too")
  func latecomer() throws {
    try withDaemon { daemon in
      let job = try daemon.run(["sleep", "infinity"], stop: StopContext(gracePeriodUSec: 0))
      let started = try job.started().runtime
      let main = Int32(try #require(started.mainPid))
      let leaf = Cgroups.directory(try #require(started.controlGroup))
      // Keeps the job from being over when it was killed.
      let tracer = try Tracer(of: main)
      try job.client.halfClose()
      try waitUntil("the job was killed") { try ProcessFiles(main).state() == "Z" }

      for _ in 0..<3 {
        let stranger = try TestProcess(["/bin/sleep", "infinity"])
        try write("\(stranger.pid)", to: "\(leaf)/cgroup.procs")
        #expect(try stranger.waitForExit().status == .signaled(.kill, coreDumped: false))
      }
      try tracer.end()
      let result = try job.result()
      #expect(result.cause == .disconnected)
      #expect(result.exitSignal == "SIGKILL")
    }
  }
}
