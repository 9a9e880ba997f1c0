import JobProtocol
import Testing

@testable import JobEngine

/// Pairs of an event and a state that made-up worlds don't come upon by themselves.
@Suite("Rare moments are like any other")
struct RareMomentTests {
  let story = Scenario()

  @Test("A job whose exit is known and whose tree wasn't looked at is listed as running")
  func listed() throws {
    let job = try story.started(by: 1)
    story.mainExits(job)
    _ = story.full()
    try story.list(only: job, by: 2)
    #expect(story.actions == ["client 2: list 1 is running (complete)"])
  }

  @Test("Whoever wants it to end then only waits for what it has left", arguments: [0, 1])
  func over(how: Int) throws {
    let job = try story.started(by: 1)
    story.mainExits(job, .exited(7))
    if how == 0 { try story.cancel(job, by: 2) } else { story.shutdown() }
    story.inspected(job, populated: false)
    story.settled(job)
    let result = try #require(story.finished().runtime.result)
    #expect(result.cause == .exited && result.exitStatus == 7)
  }

  @Test("A job that is killed before its birth is listed as stopping")
  func unborn() throws {
    let job = try story.run(by: 1)
    try story.cancel(job, by: 2, gracePeriod: 0)
    _ = story.full()
    try story.list(only: job, by: 3)
    #expect(story.actions == ["client 3: list 1 (requested) is stopping (complete)"])
  }

  @Test("A line that half-closes while its job is killed changes nothing")
  func halfClosed() throws {
    let job = try story.started(by: 1)
    try story.cancel(job, by: 2, gracePeriod: 0)
    _ = story.full()
    story.halfCloses(1)
    #expect(story.actions == [])
    story.ends(job, .signaled(9, "SIGKILL"))
    story.settled(job)
    #expect(try story.finished().runtime.result?.cause == .requested)
  }

  @Test("A birth that fails after the job was given up changes nothing", arguments: [true, false])
  func failedLate(isTold: Bool) throws {
    let job = try story.run(by: 1)
    try story.cancel(job, by: 2, gracePeriod: 0)
    story.killed(job)
    _ = story.passes(story.engine.limits.stuckAfter + .milliseconds(200), populated: true)
    story.survivors(job, [])
    story.inspected(job, populated: true)
    if isTold { story.outputDrained(job) }
    _ = story.full()
    story.spawnFailed(job)
    story.spawnKilled(job)
    #expect(story.actions == [])
  }

  @Test("A job is to be started until it is, or is to be killed, or is over")
  func isToStart() throws {
    let running = try story.run(by: 1)
    #expect(story.engine.isToStart(running))
    story.spawned(running)
    #expect(!story.engine.isToStart(running))

    let asked = try story.run(by: 2)
    try story.cancel(asked, by: 3, gracePeriod: .milliseconds(100))
    #expect(story.engine.isToStart(asked))
    _ = story.passes(.milliseconds(100))
    #expect(!story.engine.isToStart(asked))
    story.spawnKilled(asked)
    #expect(!story.engine.isToStart(asked))
  }
}
