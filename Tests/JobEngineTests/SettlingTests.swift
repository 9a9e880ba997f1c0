import JobProtocol
import Testing

@testable import JobEngine

@Suite("What a job leaves never spoils its result and is never forgotten")
struct SettlingTests {
  let story = Scenario()

  /// A job without processes, everything known but what becomes of its leaf.
  func over(by client: ClientID) throws -> JobID {
    let job = try story.started(by: client)
    story.ends(job)
    story.usageRead(job)
    story.outputDrained(job)
    _ = story.full()
    return job
  }

  @Test(
    "The end is told when usage, output and leaf are settled, in whatever order",
    arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
  func anyOrder(_ order: [Int]) throws {
    let job = try story.started(by: 1)
    story.ends(job)
    _ = story.full()
    let answers = [{ story.usageRead($0) }, story.outputDrained, story.leafRemoved]
    for (index, answer) in order.enumerated() {
      #expect(story.actions == [], "told after \(index) of 3 answers")
      answers[answer](job)
    }
    #expect(story.actions == ["client 1: finished 1 (exited)", "forget 1"])
  }

  @Test("A leaf that is busy doesn't delay the result, and its removal goes on in the background")
  func busyLeaf() throws {
    let job = try over(by: 1)
    story.leafBusy(job)
    #expect(story.actions == ["client 1: finished 1 (exited)", "forget 1, its leaf remains"])
    #expect(story.engine.counts.removing == 1)
    #expect(story.passes(.milliseconds(10)) == [.kill(job), .removeLeaf(job)])
    story.leafRemoved(job)
    #expect(story.engine.counts.removing == 0)
    #expect(story.nextDeadline == nil)
  }

  @Test("Retries to remove a leaf become rare, and never end")
  func retries() throws {
    let job = try over(by: 1)
    story.leafBusy(job)
    _ = story.full()
    let early = story.passes(.seconds(600)).count { $0 == .removeLeaf(job) }
    #expect(early < 30)
    #expect(story.passes(.seconds(3_600)).count { $0 == .removeLeaf(job) } == 60)
  }

  @Test("A leaf is tried again while a slow reader still delays the result")
  func busyLeafBehindSlowReader() throws {
    let job = try story.started(by: 1)
    story.ends(job)
    story.usageRead(job)
    story.leafBusy(job)
    _ = story.full()
    #expect(story.passes(.milliseconds(10)).contains(.removeLeaf(job)))
    story.leafRemoved(job)
    #expect(story.nextDeadline == nil)
    story.outputDrained(job)
    #expect(story.actions == ["client 1: finished 1 (exited)", "forget 1"])
  }

  @Test("A reader that takes its time delays its own result and nothing else")
  func slowReader() throws {
    let job = try story.started(by: 1)
    story.ends(job)
    story.usageRead(job)
    story.leafRemoved(job)
    _ = story.full()
    #expect(story.passes(.seconds(86_400)).isEmpty)
    _ = try story.finishedJob(by: 2)
    story.outputDrained(job)
    #expect(story.actions == ["client 1: finished 1 (exited)", "forget 1"])
  }

  @Test("A reader that goes away while its output is passed on is not waited for")
  func readerLeaves() throws {
    let job = try story.started(by: 1)
    story.ends(job)
    story.usageRead(job)
    story.leafRemoved(job)
    _ = story.full()
    story.closes(1)
    #expect(story.actions == ["discard output of 1"])
    story.outputDrained(job)
    #expect(story.actions == ["forget 1"])
  }

  @Test("Who cancels waits for the job's own client only so long", arguments: [true, false])
  func cancelerBehindSlowReader(cancelsBefore: Bool) throws {
    let job = try story.started(by: 1)
    if cancelsBefore { try story.cancel(job, by: 2) }
    story.ends(job)
    story.usageRead(job)
    story.leafRemoved(job)
    if !cancelsBefore { try story.cancel(job, by: 2) }
    _ = story.full()
    #expect(story.passes(story.engine.limits.flushPeriod) == [.discardOutput(job)])
    #expect(story.nextDeadline == nil)
    story.outputDrained(job)
    #expect(story.actions.contains { $0.hasPrefix("client 2: canceled 1") })
  }
}

@Suite("A process that survives SIGKILL is said to, and holds nothing up")
struct StuckTests {
  let story = Scenario()

  @Test("After the bound, survivors are looked for, and told")
  func told() throws {
    let job = try story.started(by: 1)
    story.halfCloses(1)
    _ = story.full()
    let bound = Int.seconds(5) + story.engine.limits.stuckAfter
    #expect(!story.passes(bound - 1, populated: true).contains(.findSurvivors(job)))
    #expect(story.passes(.milliseconds(202), populated: true).contains(.findSurvivors(job)))
    story.survivors(job)
    story.usageRead(job)
    story.outputDrained(job)
    let result = try #require(story.finished().runtime.result)
    #expect(result.cause == .stuck && result.survivors == [.asleep] && result.killed)
  }

  @Test("Where nobody is found the tree is looked at again: what is over isn't told as stuck")
  func nobodyFound() throws {
    let job = try searchedInVain()
    #expect(story.actions == ["inspect 1"])
    story.inspected(job, populated: false)
    _ = story.full()
    story.settled(job)
    let result = try #require(story.finished().runtime.result)
    #expect(result.cause == .disconnected && result.survivors == nil)
  }

  @Test("Who can't be found, but is said to be there, is told as stuck all the same")
  func unlisted() throws {
    let job = try searchedInVain()
    story.inspected(job, populated: true)
    story.usageRead(job)
    story.outputDrained(job)
    let result = try #require(story.finished().runtime.result)
    #expect(result.cause == .stuck && result.survivors == [])
  }

  @Test("A look that fails says of nobody that he is there, and is made again before long")
  func unseen() throws {
    let job = try searchedInVain()
    for _ in 0..<3 {
      story.lookFailed(job)
      _ = story.actions
      #expect(story.engine.running == 1)
      let failed = story.now
      try story.nextDeadlinePasses()
      #expect(story.actions.suffix(2) == ["inspect 1", "find survivors of 1"])
      #expect(story.now - failed <= story.engine.limits.recheckMax)
      story.survivors(job, [])
      #expect(story.actions == ["inspect 1"])
    }
    story.inspected(job, populated: true)
    #expect(story.engine.running == 0)
  }

  @Test("An end of a main process that isn't told is waited for until the second search, in vain")
  func untold() throws {
    let job = try killedLongAgo(populated: false)
    for isLast in [false, true] {
      story.survivors(job, [])
      story.inspected(job, populated: false)
      #expect(story.engine.running == (isLast ? 0 : 1))
    }
  }

  /// A job that was killed so long ago that survivors are looked for, its main process's end not told.
  private func killedLongAgo(populated: Bool) throws -> JobID {
    let job = try story.started(by: 1, .sample(.now))
    story.halfCloses(1)
    story.killed(job)
    _ = story.passes(story.engine.limits.stuckAfter + .milliseconds(100), populated: populated)
    return job
  }

  /// A job whose main process has gone, and whose tree is seen to be populated until survivors are looked for.
  private func searchedInVain() throws -> JobID {
    let job = try story.started(by: 1, .sample(.now))
    story.halfCloses(1)
    story.killed(job)
    story.mainExits(job, .signaled(9, "SIGKILL"))
    story.inspected(job, populated: true)
    let looks = story.passes(story.engine.limits.stuckAfter + .milliseconds(100), populated: true)
    #expect(looks.contains(.findSurvivors(job)))
    story.survivors(job, [])
    return job
  }

  @Test(
    "A daemon that was stopped itself hears what has happened before it says that a job is stuck")
  func stoppedDaemon() throws {
    let job = try story.started(by: 1)
    try story.cancel(job, by: 2, gracePeriod: 0)
    story.killed(job)
    _ = story.passes(.seconds(1), populated: true)
    story.sleeps(story.engine.limits.stuckAfter)
    try story.nextDeadlinePasses()
    let looks = story.full()
    #expect(looks.contains(.inspect(job)) && !looks.contains(.findSurvivors(job)))
    story.ends(job, .signaled(9, "SIGKILL"))
    story.settled(job)
    #expect(try story.finished().runtime.result?.cause == .requested)
  }

  @Test(
    "One that was given up unborn and whose leaf is gone is not killed when its birth is heard of")
  func bornTooLate() throws {
    let job = try story.run(by: 1)
    try story.cancel(job, by: 2, gracePeriod: 0)
    story.killed(job)
    _ = story.passes(story.engine.limits.stuckAfter + .milliseconds(200), populated: true)
    story.survivors(job, [])
    story.inspected(job, populated: true)
    story.leafRemoved(job)
    _ = story.full()
    story.spawned(job)
    #expect(story.actions == [])
  }

  @Test("Its slot is given back, its leaf kept aside and tried again")
  func slot() throws {
    let story = Scenario(limits { $0.runningMax = 1 })
    let job = try story.stuck(by: 1)
    try story.run(by: 2)
    #expect(story.actions.last == "spawn 2")
    story.usageRead(job)
    story.outputDrained(job)
    #expect(story.actions.last == "forget 1, its leaf remains")
    #expect(story.engine.counts.stuck == 1)
    #expect(story.passes(.milliseconds(10)) == [.kill(job), .removeLeaf(job)])
    story.leafRemoved(job)
    #expect(story.engine.counts.stuck == 0)
  }

  @Test("Who asked is told of a stuck job, too")
  func requester() throws {
    let job = try story.stuck(by: 1)
    story.usageRead(job)
    story.outputDrained(job)
    #expect(story.engine.history[job]?.runtime.result?.requestedBy?.pid == 5_099)
  }

  @Test("A tree that ends in the last moment is not told as stuck")
  func lastMoment() throws {
    let job = try killedLongAgo(populated: true)
    story.ends(job, .signaled(9, "SIGKILL"))
    story.survivors(job)
    _ = story.full()
    story.settled(job)
    #expect(try story.finished().runtime.cause == .disconnected)
  }

  @Test("Survivors that nobody looked for are not believed")
  func tooEarly() throws {
    let job = try story.started(by: 1, .sample(.now))
    story.survivors(job)
    story.closes(1)
    story.survivors(job)
    #expect(story.engine.live[job]?.state == .stopping)
  }

  @Test("Killing that never returns doesn't keep the job from being told")
  func killHangs() throws {
    let job = try story.started(by: 1, .sample(.now))
    story.closes(1)
    _ = story.full()
    try story.nextDeadlinePasses()
    #expect(story.actions == ["kill 1", "inspect 1"])
    try story.nextDeadlinePasses()
    #expect(story.actions.contains("find survivors of 1"))
    story.survivors(job)
    #expect(story.engine.live[job]?.state == .stopping)
    #expect(story.engine.running == 0)
  }

  @Test("A birth that never comes is told as stuck, and killed should it come after all")
  func neverBorn() throws {
    let job = try story.run(by: 1, .sample(.now))
    story.halfCloses(1)
    _ = story.full()
    _ = story.passes(story.engine.limits.stuckAfter + .milliseconds(100), populated: false)
    story.survivors(job, [])
    story.inspected(job, populated: false)
    #expect(story.engine.running == 1)
    story.survivors(job, [])
    _ = story.full()
    story.spawned(job)
    #expect(story.actions == ["kill 1"])
    story.outputDrained(job)
    #expect(story.actions == ["client 1: finished 1 (stuck)", "forget 1, its leaf remains"])
    story.spawned(job)
    #expect(story.actions == ["kill 1"], "also when it was told and forgotten")
  }

  @Test("A process that is born late has all the time to die that any other has")
  func bornLate() throws {
    let job = try story.run(by: 1, .sample(.now))
    story.halfCloses(1)
    story.killed(job)
    _ = story.passes(story.engine.limits.stuckAfter - 1, populated: false)
    story.spawned(job)
    _ = story.full()
    #expect(!story.passes(.seconds(1), populated: true).contains(.findSurvivors(job)))
  }

  @Test("What a stuck process says when it ends after all is added to the result, or ignored")
  func exitsLate() throws {
    let job = try story.stuck(by: 1)
    story.mainExits(job, .signaled(9, "SIGKILL"))
    story.inspected(job, populated: false)
    story.usageRead(job)
    story.outputDrained(job)
    story.mainExits(job, .signaled(9, "SIGKILL"))
    let result = try #require(story.finished().runtime.result)
    #expect(result.cause == .stuck && result.exitSignal == "SIGKILL")
  }
}
