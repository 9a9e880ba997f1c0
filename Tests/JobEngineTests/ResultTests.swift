import JobProtocol
import Testing

@testable import JobEngine

@Suite("A job's end is told once, last, when it is true, and with its cause")
struct ResultTests {
  let story = Scenario()

  @Test("Queued, started, finished: each is told in its turn")
  func order() throws {
    let job = try story.run(by: 1)
    story.spawned(job)
    story.ends(job)
    story.settled(job)
    #expect(
      story.actions == [
        "client 1: queued 1", "spawn 1", "client 1: started 1", "inspect 1",
        "read usage of 1", "drain output of 1", "remove leaf of 1",
        "client 1: finished 1 (exited)", "forget 1",
      ])
  }

  @Test("Started says the process and its control group")
  func startedSaysWhat() throws {
    let job = try story.run(by: 1)
    _ = story.full()
    story.sleeps(250)
    story.spawned(job)
    guard case .replyToRun(1, .started(let started))? = story.full().first else {
      Issue.record("nothing was started")
      return
    }
    #expect(started.runtime.state == .running)
    #expect(started.runtime.mainPid == 10_001)
    #expect(started.runtime.controlGroup == "/jobs/1")
    #expect(started.runtime.startedTimestamp == story.time)
    #expect(started.runtime.queuedTimestamp.monotonic == story.now - 250)
  }

  @Test("Exit codes arrive as they are", arguments: [0, 1, 127, 199, 244, 255])
  func exitCodes(_ code: Int) throws {
    let job = try story.started(by: 1)
    story.ends(job, .exited(code))
    story.settled(job)
    let result = try #require(story.finished().runtime.result)
    #expect(result.cause == .exited && result.exitStatus == code && result.exitSignal == nil)
  }

  @Test("A signal of somebody else's is told by its name")
  func signaled() throws {
    let job = try story.started(by: 1)
    story.ends(job, .signaled(11, "SIGSEGV"))
    story.settled(job)
    let result = try #require(story.finished().runtime.result)
    #expect(result.cause == .signaled && result.exitSignal == "SIGSEGV" && result.exitStatus == nil)
  }

  @Test("Case 33: SIGKILL for want of memory is told as that; another SIGKILL is not")
  func oom() throws {
    for (kills, cause) in [(1, Cause.oom), (0, .signaled)] {
      let job = try story.started(by: 1)
      story.ends(job, .signaled(9, "SIGKILL"))
      var usage = Usage()
      usage.oomKills = kills
      story.usageRead(job, usage)
      story.outputDrained(job)
      story.leafRemoved(job)
      #expect(try story.finished().runtime.cause == cause)
    }
  }

  @Test("Case 33: A child killed for want of memory doesn't make the job's own exit an oom")
  func oomOfAChild() throws {
    let job = try story.started(by: 1)
    story.ends(job, .exited(1))
    var usage = Usage()
    usage.oomKills = 1
    story.usageRead(job, usage)
    story.outputDrained(job)
    story.leafRemoved(job)
    #expect(try story.finished().runtime.cause == .exited)
  }

  @Test("A command that can't be started is told before any start, with what failed")
  func failedToStart() throws {
    let job = try story.run(by: 1)
    story.spawnFailed(job)
    story.outputDrained(job)
    story.leafRemoved(job)
    let finished = try story.finished()
    #expect(finished.runtime.startedTimestamp == nil && finished.runtime.mainPid == nil)
    #expect(finished.runtime.result?.cause == .failedToStart)
    #expect(finished.runtime.result?.startFailure == .noSuchFile)
  }

  @Test("Nobody was killed where nobody was born")
  func failedToStartWhileKilled() throws {
    let job = try story.run(by: 1, .sample(.now))
    story.halfCloses(1)
    story.spawnFailed(job)
    story.outputDrained(job)
    story.leafRemoved(job)
    let result = try #require(story.finished().runtime.result)
    #expect(result.cause == .failedToStart && !result.killed)
  }

  @Test("A job that is killed before it was born ends as it was asked to, and was never started")
  func killedUnborn() throws {
    let job = try story.run(by: 1)
    try story.cancel(job, by: 2, gracePeriod: 0)
    _ = story.full()
    story.spawnKilled(job)
    #expect(story.actions == ["drain output of 1", "remove leaf of 1"])
    story.outputDrained(job)
    story.leafRemoved(job)
    let finished = try story.finished()
    let result = try #require(finished.runtime.result)
    #expect(finished.runtime.startedTimestamp == nil)
    #expect(result.cause == .requested && !result.killed && result.startFailure == nil)
    #expect(result.exitStatus == nil && result.exitSignal == nil)
  }

  @Test("A command that somebody else kills before it was executed has failed to start")
  func killedUnbornByOthers() throws {
    for isAsked in [false, true] {
      let story = Scenario()
      let job = try story.run(by: 1)
      if isAsked { story.halfCloses(1) }
      story.spawnKilled(job)
      story.outputDrained(job)
      story.leafRemoved(job)
      let result = try #require(story.finished().runtime.result)
      #expect(result.cause == .failedToStart && result.startFailure == .killed)
    }
  }

  @Test("Who asked, and why, is told to everybody")
  func requestedBy() throws {
    let job = try story.started(by: 1)
    try story.cancel(job, by: 2, reason: "newer edit")
    story.ends(job)
    story.settled(job)
    let result = try #require(story.finished().runtime.result)
    #expect(result.cause == .requested)
    #expect(result.requestedBy == Requester(uid: Scenario.user, pid: 5_002, reason: "newer edit"))
  }

  @Test("The first reason is the cause, however many follow")
  func firstReason() throws {
    let job = try story.started(by: 1)
    story.halfCloses(1)
    try story.cancel(job, by: 2)
    story.shutdown()
    story.ends(job)
    story.settled(job)
    #expect(try story.finished().runtime.cause == .disconnected)
  }

  @Test(
    "Case 44: A job that ended by itself is not canceled, though its children are being stopped")
  func naturalEndFirst() throws {
    let job = try story.started(by: 1)
    story.mainExits(job, .exited(4))
    story.inspected(job, populated: true)
    try story.cancel(job, by: 2)
    _ = story.full()
    story.inspected(job, populated: false)
    story.settled(job)
    let result = try #require(story.finished().runtime.result)
    #expect(result.cause == .exited && result.exitStatus == 4 && result.requestedBy == nil)
  }

  @Test("With the tree to wait for, the exit status is the main process's and the end the tree's")
  func waitsForTree() throws {
    let job = try story.started(by: 1, .sample(waitsFor: .tree))
    story.mainExits(job, .exited(5))
    story.inspected(job, populated: true)
    _ = story.full()
    #expect(story.passes(.seconds(3_600)).isEmpty)
    story.treeChanged(job)
    story.inspected(job, populated: false)
    story.settled(job)
    let result = try #require(story.finished().runtime.result)
    #expect(result.cause == .exited && result.exitStatus == 5 && !result.killed)
  }

  @Test("Nothing is told as finished while a process lives, even when the main one is gone")
  func notWhilePopulated() throws {
    let job = try story.started(by: 1)
    story.halfCloses(1)
    story.mainExits(job)
    story.inspected(job, populated: true)
    story.usageRead(job)
    story.outputDrained(job)
    story.leafRemoved(job)
    #expect(!story.actions.contains { $0.contains("finished") })
  }

  @Test("An empty leaf with a main process that wasn't reaped is not the end")
  func notBeforeReaped() throws {
    let job = try story.started(by: 1)
    story.halfCloses(1)
    story.inspected(job, populated: false)
    #expect(story.engine.live[job]?.state == .stopping)
    #expect(!story.actions.contains("read usage of 1"))
    story.ends(job)
    #expect(story.actions.contains("read usage of 1"))
  }

  @Test("CPU time of the main process is told beside that of its tree")
  func usage() throws {
    let job = try story.started(by: 1)
    story.ends(job)
    var usage = Usage()
    usage.cpuUSec = 1_000
    story.usageRead(job, usage)
    story.outputDrained(job)
    story.leafRemoved(job)
    let told = try #require(story.finished().runtime.result?.usage)
    #expect(told.cpuUSec == 1_000)
    #expect(told.mainUserUSec == 300 && told.mainSystemUSec == 40)
    #expect(told.mainPeakResidentBytes == 65_536)
  }

  @Test("The three moments of a job are in order, on both clocks")
  func timestamps() throws {
    let job = try story.run(by: 1)
    story.sleeps(10)
    story.spawned(job)
    story.sleeps(20)
    story.ends(job)
    story.sleeps(5)
    story.settled(job)
    let runtime = try story.finished().runtime
    #expect(runtime.finishedTimestamp == story.time)
    let started = try #require(runtime.startedTimestamp)
    #expect(started.monotonic == story.now - 25 && started.realtime == story.time.realtime - 25)
    #expect(runtime.queuedTimestamp.monotonic == story.now - 35)
  }

  @Test("A job on its way down says why in every description")
  func causeWhileStopping() throws {
    let job = try story.started(by: 1)
    story.halfCloses(1)
    let stopping = story.engine.describe(try #require(story.engine.live[job])).runtime
    #expect(stopping.state == .stopping && stopping.cause == .disconnected)
    story.ends(job)
    let settling = story.engine.describe(try #require(story.engine.live[job])).runtime
    #expect(settling.state == .stopping && settling.cause == .disconnected)
  }

  @Test("The end of a job on its way down is foreseen as it is told, but for its exit")
  func foreseen() throws {
    let job = try story.run(by: 1, .sample(.now))
    story.spawned(job)
    story.halfCloses(1)
    var usage = Usage()
    usage.cpuUSec = 1_000
    var foreseen = try #require(story.engine.foreseenEnd(of: job, usage, at: story.time))
    story.killed(job)
    story.ends(job, .signaled(9, "SIGKILL"))
    story.usageRead(job, usage)
    story.outputDrained(job)
    story.leafRemoved(job)
    let told = try story.finished()
    foreseen.runtime.result?.exitSignal = told.runtime.result?.exitSignal
    foreseen.runtime.result?.coreDumped = told.runtime.result?.coreDumped
    foreseen.runtime.result?.usage = told.runtime.result?.usage
    #expect(foreseen == told)
  }

  @Test("No end is foreseen of a job that isn't on its way down, nor where nobody listens")
  func unforeseen() throws {
    let job = try story.started(by: 1)
    #expect(story.engine.foreseenEnd(of: job, Usage(), at: story.time) == nil)
    story.closes(1)
    #expect(story.engine.foreseenEnd(of: job, Usage(), at: story.time) == nil)
    try story.observe(by: 2, uid: 0)
    #expect(story.engine.foreseenEnd(of: job, Usage(), at: story.time) != nil)
    #expect(story.engine.foreseenEnd(of: JobID(rawValue: 99), Usage(), at: story.time) == nil)
  }
}
