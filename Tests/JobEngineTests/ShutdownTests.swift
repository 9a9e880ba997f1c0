import JobProtocol
import Testing

@testable import JobEngine

@Suite("The service ends when all jobs are over and told, and not before")
struct ShutdownTests {
  let story = Scenario(limits { $0.runningMax = 2 })

  @Test("Without jobs it ends at once, and once")
  func idle() {
    story.shutdown()
    story.shutdown(hurry: true)
    #expect(story.actions == ["exit"])
  }

  @Test("Jobs in every phase are ended, and none is begun")
  func everyPhase() throws {
    let settling = try story.started(by: 1)
    story.ends(settling)
    let running = try story.started(by: 2)
    let starting = try story.run(by: 3)
    let queued = try story.run(by: 4)
    _ = story.full()

    story.shutdown()
    #expect(
      story.actions == [
        "client 2: stopping 2 (shutdown)", "ask 2 (15 to tree)", "client 3: stopping 3 (shutdown)",
        "drain output of 4",
      ])
    story.spawned(starting)
    #expect(story.actions == ["client 3: started 3 (shutdown)", "ask 3 (15 to tree)"])
    story.outputDrained(queued)
    #expect(story.actions == ["client 4: finished 4 (shutdown)", "forget 4"])
    for job in [running, starting] { story.ends(job) }
    #expect(!story.actions.contains { $0.hasPrefix("spawn") })
    for job in [settling, running, starting] { story.settled(job) }
    #expect(
      story.actions == [
        "client 1: finished 1 (exited)", "forget 1", "client 2: finished 2 (shutdown)", "forget 2",
        "client 3: finished 3 (shutdown)", "forget 3", "exit",
      ])
  }

  @Test("Jobs that linger, are asked, or are killed, are hurried, not slowed down")
  func stopping() throws {
    let lingering = try story.started(by: 1, .sample(waitsFor: .tree))
    story.mainExits(lingering)
    story.inspected(lingering, populated: true)
    let asked = try story.started(by: 2)
    story.closes(2)
    _ = story.full()
    story.sleeps(.seconds(4))
    story.shutdown()
    #expect(story.actions.prefix(2) == ["client 1: stopping 1 (shutdown)", "ask 1 (15 to tree)"])
    let done = story.passes(.seconds(1), populated: true)
    #expect(done.contains(.kill(asked)) && !done.contains(.kill(lingering)))
  }

  @Test("A new job is refused while the service ends")
  func refused() throws {
    try story.started(by: 1)
    story.shutdown()
    #expect(throws: JobdError.shuttingDown) { try story.run(by: 2) }
  }

  @Test("Cancel and List still work while the service ends")
  func others() throws {
    let job = try story.started(by: 1)
    story.shutdown()
    _ = story.full()
    try story.list(by: 2)
    #expect(story.actions == ["client 2: list 1 (shutdown) is stopping (complete)"])
    try story.cancel(job, by: 3, gracePeriod: 0)
    #expect(story.actions == ["kill 1"])
  }

  @Test("Asked again, it kills at once")
  func hurry() throws {
    try story.started(by: 1)
    let starting = try story.run(by: 2)
    story.shutdown()
    _ = story.full()
    story.shutdown(hurry: true)
    #expect(story.actions == ["kill 1", "kill 2"])
    story.spawned(starting)
    #expect(story.actions.last == "kill 2")
  }

  @Test("A job's own grace period is kept, up to what the service manager bears")
  func graceIsBounded() throws {
    let long = StopPlan(signal: 15, scope: .tree, closesInput: false, gracePeriod: .seconds(3_600))
    let job = try story.started(by: 1, .sample(long))
    story.shutdown()
    _ = story.full()
    #expect(!story.passes(.seconds(29)).contains(.kill(job)))
    #expect(story.passes(.seconds(1)).contains(.kill(job)))
  }

  @Test("A client that doesn't read is waited for only so long")
  func slowReader() throws {
    let job = try story.started(by: 1)
    story.shutdown()
    story.ends(job)
    story.usageRead(job)
    story.leafRemoved(job)
    _ = story.full()
    #expect(story.passes(story.engine.limits.flushPeriod) == [.discardOutput(job)])
    story.outputDrained(job)
    #expect(story.actions == ["client 1: finished 1 (shutdown)", "forget 1", "exit"])
  }

  @Test("A leaf that is busy for a moment is not left behind")
  func waitsForLeaf() throws {
    let job = try story.started(by: 1)
    story.shutdown()
    story.ends(job)
    story.usageRead(job)
    story.outputDrained(job)
    story.leafBusy(job)
    #expect(!story.actions.contains("exit"))
    #expect(story.passes(.milliseconds(10)) == [.kill(job), .removeLeaf(job)])
    story.leafRemoved(job)
    #expect(story.actions == ["exit"])
  }

  @Test("A leaf whose next try was a minute away is tried at once when the service ends")
  func hurriesRemoval() throws {
    let job = try story.started(by: 1)
    story.ends(job)
    story.usageRead(job)
    story.outputDrained(job)
    story.leafBusy(job)
    _ = story.full()
    _ = story.passes(.seconds(3_600))
    story.shutdown()
    #expect(story.passes(.milliseconds(10)).contains(.removeLeaf(job)))
    story.leafRemoved(job)
    #expect(story.actions == ["exit"])
  }

  @Test("A leaf that can't be removed holds the end up only so long")
  func givesUpLeaf() throws {
    let job = try story.stuck(by: 1)
    story.usageRead(job)
    story.outputDrained(job)
    _ = story.full()
    story.shutdown()
    let done = story.passes(story.engine.limits.shutdownRemovalPeriod)
    #expect(done.contains(.removeLeaf(job)))
    #expect(done.last == .exit)
    story.leafRemoved(job)
    #expect(story.passes(.seconds(60)).isEmpty, "after the end, nothing")
  }
}
