import JobProtocol
import Testing

@testable import JobEngine

@Suite("A job lives exactly as long as its line is held")
struct LifelineTests {
  let story = Scenario()

  @Test(
    "A line that ends while the job runs stops it",
    arguments: [
      JobEngine.LineEnding.closed, .halfClosed,
    ])
  func endsWhileRunning(_ ending: JobEngine.LineEnding) throws {
    let job = try story.started(by: 1)
    story.tell(.lineEnded(1, ending))
    #expect(story.actions.contains("ask 1 (15 to tree)"))
    #expect(story.engine.live[job]?.state == .stopping)
  }

  @Test("A client that half-closes still hears how it ended")
  func halfClosedHears() throws {
    let job = try story.started(by: 1)
    story.halfCloses(1)
    #expect(story.actions == ["client 1: stopping 1 (disconnected)", "ask 1 (15 to tree)"])
    story.ends(job, .exited(3))
    _ = story.full()
    story.settled(job)
    let finished = try story.finished()
    #expect(finished.runtime.cause == .disconnected)
    #expect(finished.runtime.result?.exitStatus == 3)
  }

  @Test("A client that is gone hears nothing, and its output is thrown away")
  func closedHearsNothing() throws {
    let job = try story.started(by: 1)
    story.closes(1)
    #expect(story.actions == ["discard output of 1", "ask 1 (15 to tree)"])
    story.ends(job)
    story.settled(job)
    #expect(!story.actions.contains { $0.hasPrefix("client 1") })
  }

  @Test("A client that half-closes and then closes stops the job once")
  func halfClosedThenClosed() throws {
    try story.started(by: 1)
    story.halfCloses(1)
    _ = story.full()
    story.closes(1)
    #expect(story.actions == ["discard output of 1"])
  }

  @Test("An end that comes twice changes nothing")
  func endsTwice() throws {
    try story.started(by: 1)
    story.closes(1)
    _ = story.full()
    story.closes(1)
    story.halfCloses(1)
    #expect(story.actions == [])
  }

  @Test("A line that ends while the job is queued ends it without a process")
  func endsWhileQueued() throws {
    let story = Scenario(limits { $0.runningMax = 1 })
    try story.started(by: 1)
    let second = try story.run(by: 2)
    story.halfCloses(2)
    #expect(story.actions == ["client 2: queued 2", "drain output of 2"])
    story.outputDrained(second)
    #expect(story.actions == ["client 2: finished 2 (disconnected)", "forget 2"])
    #expect(story.engine.counts.queued == 0)
  }

  @Test("A line that ends while the process is being made asks it as soon as it is there")
  func endsWhileStarting() throws {
    let job = try story.run(by: 1)
    story.halfCloses(1)
    #expect(
      story.actions == ["client 1: queued 1", "spawn 1", "client 1: stopping 1 (disconnected)"])
    story.spawned(job)
    #expect(story.actions == ["client 1: started 1 (disconnected)", "ask 1 (15 to tree)"])
  }

  @Test("A job that is killed before its birth is killed again when it is born")
  func killedBeforeBirth() throws {
    let job = try story.run(by: 1, .sample(.now))
    story.closes(1)
    #expect(story.actions.suffix(2) == ["discard output of 1", "kill 1"])
    story.killed(job)
    #expect(story.actions.isEmpty)
    story.inspected(job, populated: false)
    #expect(story.actions.isEmpty, "an empty leaf says nothing while a birth is due")
    story.spawned(job)
    #expect(story.actions == ["kill 1"])
  }

  @Test("The grace period of a job that was not born yet runs from the end of its line")
  func graceBeforeBirth() throws {
    let job = try story.run(by: 1)
    story.closes(1)
    _ = story.full()
    story.sleeps(.seconds(5) - 1)
    story.spawned(job)
    #expect(story.actions == ["ask 1 (15 to tree)"])
    #expect(story.passes(1).contains(.kill(job)))
  }

  @Test("A line that ends while the job lingers stops what is left of it")
  func endsWhileLingering() throws {
    let job = try story.started(by: 1, .sample(waitsFor: .tree))
    story.mainExits(job)
    story.inspected(job, populated: true)
    _ = story.full()
    story.halfCloses(1)
    #expect(
      story.actions.prefix(2) == ["client 1: stopping 1 (disconnected)", "ask 1 (15 to tree)"])
    story.inspected(job, populated: false)
    story.settled(job)
    #expect(try story.finished().runtime.cause == .disconnected)
  }

  @Test("A line that ends when the job is over changes nothing of how it ended")
  func endsWhileSettling() throws {
    let job = try story.started(by: 1)
    story.ends(job)
    _ = story.full()
    story.halfCloses(1)
    #expect(story.actions == [])
    story.settled(job)
    #expect(try story.finished().runtime.cause == .exited)
  }

  @Test("Between the exit of its main process and the look at its tree, a job is over already")
  func endsBetweenExitAndLook() throws {
    let job = try story.started(by: 1)
    story.mainExits(job, .exited(0))
    story.halfCloses(1)
    story.inspected(job, populated: false)
    _ = story.full()
    story.settled(job)
    #expect(try story.finished().runtime.cause == .exited)
  }

  @Test("A Run that is read after its line has ended is told, and never started")
  func endsBeforeItsCallIsRead() throws {
    let job = try story.run(by: 1, holdsLine: false)
    #expect(story.actions == ["client 1: queued 1", "drain output of 1"])
    story.outputDrained(job)
    #expect(story.actions == ["client 1: finished 1 (disconnected)", "forget 1"])
  }

  @Test("One client's end leaves the jobs of others alone")
  func othersUntouched() throws {
    for client in 1...20 { _ = try story.started(by: ClientID(rawValue: client)) }
    story.closes(7)
    #expect(story.actions == ["discard output of 7", "ask 7 (15 to tree)"])
    #expect(story.engine.live.values.count { $0.phase == .running } == 19)
  }

  @Test("A line that ends after the final reply is nobody's business")
  func endsAfterwards() throws {
    let job = try story.finishedJob(by: 1)
    story.closes(1)
    #expect(story.actions == [])
    #expect(story.engine.history[job]?.runtime.cause == .exited)
  }

  @Test("A connection can run one job after the other")
  func oneAfterTheOther() throws {
    for _ in 1...3 { _ = try story.finishedJob(by: 1) }
    let job = try story.started(by: 1)
    story.closes(1)
    #expect(story.actions.contains("ask \(job) (15 to tree)"))
  }
}
