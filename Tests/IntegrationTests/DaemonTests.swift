import JobProtocol
import LinuxSystem
import TestSupport
import Testing
import Varlink

@Suite("No job outlives its jobd, however that ends", .needsCgroups)
struct DaemonTests {
  @Test(
    "Case 45: A signal to stop ends all jobs as if canceled, and their clients hear it last",
    arguments: [Signal.terminate, .interrupt, .hangup])
  func stops(_ signal: Signal) throws {
    var options = TestDaemon.Options()
    options.arguments = ["--running-max", "2"]
    try withDaemon(options) { daemon in
      let obedient = try daemon.run(answering(["TERM": 3]))
      let unwilling = try daemon.shell(deaf, stop: StopContext(gracePeriodUSec: 100_000))
      try obedient.says("ready\n")
      try unwilling.says("ready\n")
      let waiting = try daemon.shell("echo never")
      try waiting.queued()

      try daemon.send(signal)
      let result = try obedient.result()
      #expect(result.cause == .shutdown)
      #expect(result.exitStatus == 3)
      #expect(!result.killed)
      #expect(obedient.text == "ready\nheard TERM\n")
      let killed = try unwilling.result()
      #expect(killed.cause == .shutdown)
      #expect(killed.exitSignal == "SIGKILL")
      #expect(killed.killed)
      #expect(try waiting.result().cause == .shutdown)
      #expect(waiting.text.isEmpty)
      for job in [obedient, unwilling, waiting] { #expect(try job.client.nextOrEnd() == nil) }
      try daemon.waitForStop()
    }
  }

  @Test("Case 45: A second signal doesn't wait for grace periods")
  func hurried() throws {
    var options = TestDaemon.Options()
    // Whoever takes no notice of the second waits for an hour.
    options.arguments = ["--shutdown-grace", "3600"]
    try withDaemon(options) { daemon in
      let job = try daemon.shell(deaf, stop: .grace(seconds: 3600))
      try job.says("ready\n")
      try daemon.send(.terminate)
      try job.stopping()
      try daemon.send(.interrupt)
      let result = try job.result()
      #expect(result.cause == .shutdown)
      #expect(result.killed)
      try daemon.waitForStop()
    }
  }

  @Test("While jobd ends, clients that are there are answered: ShuttingDown, where they want a job")
  func refused() throws {
    try withDaemon { daemon in
      let job = try daemon.shell(deaf, stop: .grace(seconds: 3600))
      try job.says("ready\n")
      let client = try daemon.connect()
      #expect(try client.call("io.jobd.Describe").error == nil)
      try daemon.send(.terminate)
      let id = try job.stopping().id

      let context = JobContext(command: [OSString(text: "true")])
      let refusal = try client.call("io.jobd.Run", RunParameters(context: context).wire)
      #expect(refusal.error?.name == "io.jobd.ShuttingDown")
      let listed = try client.call("io.jobd.List")
      #expect(try ListReply(listed.parameters).jobs.map(\.runtime.cause) == [.shutdown])
      // Nobody new comes in.
      #expect(throws: SystemError.self) { try daemon.connect() }

      let cancel = CancelParameters(id: id, gracePeriodUSec: 0)
      let canceled = try client.call("io.jobd.Cancel", cancel.wire)
      let finished = try job.finished()
      #expect(try CancelReply(canceled.parameters).job == finished)
      #expect(finished.runtime.result?.cause == .shutdown)
      try daemon.waitForStop()
    }
  }

  /// What a job does to live on. Each says "ready", once.
  static let tenacious = [
    "echo ready; exec sleep infinity", deaf,
    "(setsid sleep infinity & exit 0); echo ready; exec sleep infinity",
    TreeTests.enter + "enter below; enter deeper; setsid sleep infinity & \(deaf)",
    "sleep infinity & kill -STOP $!; echo ready; kill -STOP $$",
  ]

  private func startTenacious(_ daemon: TestDaemon) throws -> [TestJob] {
    let jobs = try Self.tenacious.map { try daemon.shell($0) }
    for job in jobs { try job.says("ready\n") }
    return jobs
  }

  @Test("Signals that were ignored when jobd was started, as nohup does, don't stop it")
  func ignored() throws {
    var options = TestDaemon.Options()
    options.wrapper = ["/bin/sh", "-c", "trap '' HUP INT; exec \"$@\"", "sh"]
    try withDaemon(options) { daemon in
      let process = try Pidfd.open(daemon.pid)
      for signal in [Signal.hangup, .interrupt] { try process.send(signal) }
      let result = try daemon.shell("kill -HUP $$").result()
      #expect(result.exitSignal == "SIGHUP", "a job doesn't inherit it")
    }
  }

  @Test("Case 45: A jobd that is killed takes all jobs along, and leaves no file")
  func killed() throws {
    try withDaemon { daemon in
      let jobs = try startTenacious(daemon)
      // Its guardian is done, and has left nothing.
      try daemon.kill()
      for job in jobs {
        #expect(try job.witness?.isGone == true)
        // What it had still to say, and nothing of an end.
        while let reply = try job.client.nextOrEnd() { #expect(reply.parameters["output"] != nil) }
      }
    }
  }

  @Test("Case 45: A jobd that is killed while it stops a job has killed it", arguments: 0..<8)
  func killedInTheMiddle(_ round: Int) throws {
    try withDaemon { daemon in
      let job = try daemon.shell(
        "for i in $(seq 100); do setsid sleep infinity & done; \(deaf)",
        stop: StopContext(gracePeriodUSec: round % 2 == 0 ? 0 : 3_600_000_000))
      try job.says("ready\n")
      try job.client.halfClose()
      // Before, while, or after the processes were asked or killed.
      if round % 4 > 1 { try job.stopping() }
      try daemon.kill()
      #expect(try job.witness?.isGone == true)
    }
  }

  @Test(
    "Case 27: What is left of a jobd that was killed with its guardian is gone when the next is ready"
  )
  func leftovers() throws {
    try withDaemon { daemon in
      let jobs = try startTenacious(daemon)
      let frozen = try #require(jobs[1].started().runtime.controlGroup)
      try write("1", to: Cgroups.directory(frozen) + "/cgroup.freeze")
      try daemon.killWithGuardian()
      for job in jobs { #expect(try job.witness?.isGone == false) }

      var options = TestDaemon.Options()
      options.directory = daemon.directory
      try withDaemon(options) { next in try expectFreshStart(of: next, after: jobs) }
    }
  }

  private func expectFreshStart(of daemon: TestDaemon, after jobs: [TestJob]) throws {
    for job in jobs { #expect(try job.witness?.isGone == true) }
    #expect(daemon.leaves.isEmpty)
    #expect(daemon.log.contains("removed what an earlier jobd left"))
    #expect(try daemon.list().isEmpty)
    #expect(try daemon.shell("exit 6").result().exitStatus == 6)
  }

  @Test("Case 45: A jobd that comes while the guardian of a killed one still works waits for it")
  func guardianIsWaitedFor() throws {
    try withDaemon { daemon in
      let job = try daemon.shell(deaf)
      try job.says("ready\n")
      let guardian = try daemon.guardianPidfd()
      // The death of the daemon would wake one that is merely stopped.
      let tracer = try Tracer(of: daemon.guardian().pid)
      try guardian.send(.stop)
      try waitUntil("it is stopped") { try daemon.guardian().state() == "t" }
      try daemon.send(.kill)
      try daemon.process.waitForExit()

      let next = try daemon.startNext()
      try waitUntil("it says what it waits for") {
        next.log.contains("waiting for the guardian of an earlier jobd")
      }
      #expect(try job.witness?.isGone == false)

      try tracer.end()
      try guardian.send(.continue)
      try next.waitUntilReady()
      #expect(try job.witness?.isGone == true)
      try next.process.send(.terminate)
      #expect(try next.process.waitForExit().status == .exited(code: 0))
      #expect(!exists(daemon.jobsDirectory))
    }
  }

  @Test("Case 45: A jobd that comes while another one stops waits for it, and says so")
  func stoppingOneIsWaitedFor() throws {
    try withDaemon { daemon in
      let job = try daemon.shell(deaf)
      try job.says("ready\n")
      try daemon.send(.terminate)
      try job.stopping()

      let next = try daemon.startNext()
      try waitUntil("it says for whom it waits") {
        next.log.contains("waiting for an earlier jobd, which is stopping its jobs")
          && next.log.contains("pid=\(daemon.pid)")
      }
      #expect(!next.log.contains("guardian"))
      #expect(try job.witness?.isGone == false)

      try daemon.send(.terminate)
      #expect(try daemon.process.waitForExit().status == .exited(code: 0))
      try next.waitUntilReady()
      #expect(try job.witness?.isGone == true)
      try next.process.send(.terminate)
      #expect(try next.process.waitForExit().status == .exited(code: 0))
    }
  }

  @Test("A guardian that is killed is replaced by its equal")
  func guardianIsReplaced() throws {
    try withDaemon { daemon in
      let job = try daemon.shell(deaf)
      try job.says("ready\n")
      let policy = try daemon.guardian().stat(ProcessFiles.schedulingPolicy)
      let guardian = try daemon.guardianPidfd()
      try guardian.send(.kill)
      // Reaped: the daemon has noticed it.
      try waitUntil("there is no zombie") {
        try isReadable(guardian.descriptor.raw) && ProcessFiles(daemon.pid).zombies().isEmpty
      }
      #expect(try daemon.guardian().stat(ProcessFiles.schedulingPolicy) == policy)
      try daemon.kill()
      #expect(try job.witness?.isGone == true)
    }
  }
}
