import JobProtocol
import Testing

@testable import JobEngine

@Suite("Jobs beyond the slots wait for their turn")
struct QueueTests {
  let story = Scenario(limits { ($0.runningMax, $0.queuedMax) = (2, 3) })

  func fill(_ clients: ClosedRange<Int>) throws {
    for client in clients { try story.run(by: ClientID(rawValue: client)) }
  }

  @Test("Case 53: First come, first served")
  func order() throws {
    try fill(1...4)
    #expect(story.actions.filter { $0.hasPrefix("spawn") } == ["spawn 1", "spawn 2"])
    let counts = story.engine.counts
    #expect(counts.queued == 2 && counts.running == 2)
    story.spawnFailed(JobID(rawValue: 2))
    #expect(story.actions.last == "spawn 3")
    story.spawned(JobID(rawValue: 1))
    story.ends(JobID(rawValue: 1))
    #expect(story.actions.last == "spawn 4")
  }

  @Test("Case 53: A slot is given on as soon as the tree is gone, not when its reader is done")
  func slowReaderHoldsNoSlot() throws {
    try fill(1...3)
    story.spawned(JobID(rawValue: 1))
    _ = story.full()
    story.ends(JobID(rawValue: 1))
    #expect(
      story.actions == [
        "inspect 1", "read usage of 1", "drain output of 1", "remove leaf of 1", "spawn 3",
      ])
  }

  @Test("A slot is held until the tree is gone, however long it takes to die")
  func dyingHoldsSlot() throws {
    try fill(1...3)
    story.spawned(JobID(rawValue: 1))
    story.closes(1)
    story.mainExits(JobID(rawValue: 1))
    story.inspected(JobID(rawValue: 1), populated: true)
    #expect(!story.actions.contains("spawn 3"))
    story.inspected(JobID(rawValue: 1), populated: false)
    #expect(story.actions.contains("spawn 3"))
  }

  @Test("The slot of a job that was killed is given on, too")
  func killedGivesSlot() throws {
    try fill(1...3)
    story.spawned(JobID(rawValue: 1))
    try story.cancel(JobID(rawValue: 1), by: 9, gracePeriod: 0)
    story.ends(JobID(rawValue: 1), .signaled(9, "SIGKILL"))
    #expect(story.actions.last == "spawn 3")
  }

  @Test("Case 53: Beyond the queue, a job is refused with the number that there may be")
  func full() throws {
    try fill(1...5)
    #expect(throws: JobdError.tooManyJobs(limit: 5)) { try story.run(by: 6) }
    story.closes(4)
    #expect(throws: Never.self) { try story.run(by: 6) }
  }

  @Test("A job that leaves the queue lets the ones behind it move up")
  func leavesQueue() throws {
    try fill(1...4)
    story.closes(3)
    story.spawnFailed(JobID(rawValue: 1))
    #expect(story.actions.filter { $0.hasPrefix("spawn") } == ["spawn 1", "spawn 2", "spawn 4"])
  }

  @Test("Cancel finds a job in the queue, and it is never started")
  func cancelQueued() throws {
    try fill(1...3)
    try story.cancel(JobID(rawValue: 3), by: 9)
    _ = story.full()
    story.outputDrained(JobID(rawValue: 3))
    #expect(
      story.actions == [
        "client 3: finished 3 (requested)", "client 9: canceled 3 (requested)", "forget 3",
      ])
    story.spawnFailed(JobID(rawValue: 1))
    story.spawnFailed(JobID(rawValue: 2))
    #expect(!story.actions.contains("spawn 3"))
  }

  @Test("Without room for a queue, only what can start is taken")
  func noQueue() throws {
    let story = Scenario(limits { ($0.runningMax, $0.queuedMax) = (1, 0) })
    try story.run(by: 1)
    #expect(throws: JobdError.tooManyJobs(limit: 1)) { try story.run(by: 2) }
  }

  @Test("Numbers of jobs are never used twice")
  func numbers() throws {
    let first = try story.finishedJob(by: 1)
    let second = try story.finishedJob(by: 1)
    #expect(first < second)
  }

  @Test("While more leaves wait for their removal than are allowed, no job is taken")
  func tooManyLeftovers() throws {
    let story = Scenario(limits { $0.leftoversMax = 1 })
    let job = try story.started(by: 1)
    story.ends(job)
    story.usageRead(job)
    story.outputDrained(job)
    story.leafBusy(job)
    #expect(throws: JobdError.tooManyJobs(limit: 1)) { try story.run(by: 2) }
    story.leafRemoved(job)
    #expect(throws: Never.self) { try story.run(by: 2) }
  }
}
