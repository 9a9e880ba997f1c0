import JobProtocol
import Testing

@testable import JobEngine

@Suite("Observers hear of every change, hold nothing up and hold nothing alive")
struct ObserverTests {
  let story = Scenario()

  @Test("The first reply has all jobs, oldest first, each later one those that changed")
  func changes() throws {
    try story.finishedJob(by: 1)
    try story.started(by: 2)
    try story.list(goesOn: true, by: 9)
    #expect(
      story.actions == [
        "client 9: list 1 (exited) is finished, 2 is running (complete), to be continued"
      ])
    story.engine.observerReady(9)
    #expect(story.actions == [])
    story.halfCloses(2)
    #expect(story.actions.contains("client 9: list 2 (disconnected) is stopping, to be continued"))
  }

  @Test("A slow reader gets the newest state of a job, not each one")
  func coalesces() throws {
    try story.observe(by: 9)
    let job = try story.started(by: 1)
    story.ends(job)
    story.settled(job)
    #expect(!story.actions.contains { $0.hasPrefix("client 9") })
    story.engine.observerReady(9)
    #expect(story.actions == ["client 9: list 1 (exited) is finished, to be continued"])
  }

  @Test("Without 'more' the list is answered once")
  func once() throws {
    try story.started(by: 1)
    try story.list(by: 9)
    #expect(story.actions == ["client 9: list 1 is running (complete)"])
    story.closes(1)
    #expect(!story.actions.contains { $0.hasPrefix("client 9") })
  }

  @Test("Jobs that are finished can be left out")
  func withoutFinished() throws {
    try story.finishedJob(by: 1)
    try story.started(by: 2)
    try story.list(finished: false, by: 9)
    #expect(story.actions == ["client 9: list 2 is running (complete)"])
  }

  @Test("Who follows one job hears the last of it, and that it is the last")
  func followsOne() throws {
    let job = try story.started(by: 1)
    try story.started(by: 2)
    try story.observe(by: 9, only: job)
    story.closes(2)
    #expect(!story.actions.contains { $0.hasPrefix("client 9") })
    story.ends(job)
    story.settled(job)
    #expect(story.actions.contains("client 9: list 1 (exited) is finished"))
    #expect(story.engine.observers.isEmpty)
  }

  @Test("Who asks for one job that is finished gets it, and no more")
  func oneFinished() throws {
    let job = try story.finishedJob(by: 1)
    try story.list(only: job, goesOn: true, by: 9)
    #expect(story.actions == ["client 9: list 1 (exited) is finished (complete)"])
    #expect(story.engine.observers.isEmpty)
  }

  @Test("A job that doesn't exist is an error, not an empty list")
  func noSuchJob() {
    #expect(throws: JobdError.noSuchJob(id: 4)) { try story.list(only: JobID(rawValue: 4), by: 9) }
    #expect(throws: JobdError.noSuchJob(id: 4)) { try story.cancel(JobID(rawValue: 4), by: 9) }
  }

  @Test("An observer's end ends no job, and nothing is said to it any more")
  func closes() throws {
    try story.started(by: 1)
    try story.observe(by: 9)
    story.closes(9)
    #expect(story.engine.observers.isEmpty)
    story.closes(1)
    #expect(story.actions == ["discard output of 1", "ask 1 (15 to tree)"])
  }

  @Test("An observer that half-closes still observes")
  func halfCloses() throws {
    try story.observe(by: 9)
    story.halfCloses(9)
    try story.started(by: 1)
    story.engine.observerReady(9)
    #expect(story.actions == ["client 9: list 1 is running, to be continued"])
  }

  @Test("An observer that falls too far behind is dropped, once, and delays nobody")
  func dropped() throws {
    let story = Scenario(limits { $0.observerBacklogMax = 3 })
    try story.list(goesOn: true, by: 9)
    _ = story.full()
    var actions: [String] = []
    var droppedBy: [Int] = []
    for client in 1...6 {
      let job = try story.started(by: ClientID(rawValue: client))
      story.ends(job)
      story.settled(job)
      let told = story.actions
      if told.contains("drop client 9") { droppedBy.append(client) }
      actions += told
    }
    #expect(droppedBy == [4], "as many as allowed were kept for it, and not one more")
    #expect(actions.count { $0 == "drop client 9" } == 1)
    #expect(actions.count { $0.contains("finished") } == 6)
    #expect(story.engine.observers.isEmpty)
  }

  @Test("An observer is dropped, too, when what is kept for it comes to too much")
  func droppedForBytes() throws {
    let story = Scenario(limits { $0.observerBacklogBytes = 10_000 })
    try story.list(goesOn: true, by: 9)
    _ = story.full()
    var finished = 0
    while finished < 100, !story.engine.observers.isEmpty {
      let name = String(repeating: "n", count: 4_000)
      let job = try story.started(by: 1, .sample(name: name))
      story.ends(job)
      story.settled(job)
      finished += 1
    }
    #expect(finished == 2, "one of 5,000 bytes was kept, and there was no room for another")
  }

  @Test("Users don't see each other's jobs; root and the service's own user see all")
  func access() throws {
    let job = try story.started(by: 1, uid: Scenario.user)
    try story.observe(by: 7, uid: Scenario.otherUser)
    try story.observe(by: 8, uid: 0)
    try story.observe(by: 9, uid: Scenario.serviceUID)
    #expect(throws: JobdError.noSuchJob(id: 1)) {
      try story.list(only: job, by: 6, uid: Scenario.otherUser)
    }
    #expect(throws: JobdError.noSuchJob(id: 1)) {
      try story.cancel(job, by: 6, uid: Scenario.otherUser)
    }
    story.halfCloses(1)
    let told = story.actions
    let heard = (7...9).map { client in told.contains { $0.hasPrefix("client \(client)") } }
    #expect(heard == [false, true, true])
  }

  @Test("Nobody but its owner cancels a finished job, either")
  func accessToFinished() throws {
    let job = try story.finishedJob(by: 1)
    #expect(throws: JobdError.noSuchJob(id: 1)) {
      try story.cancel(job, by: 6, uid: Scenario.otherUser)
    }
    try story.cancel(job, by: 6)
    #expect(story.actions == ["client 6: canceled 1 (exited)"])
    story.closes(6)
  }

  @Test("A million jobs later the list is no longer than it may be")
  func historyIsBounded() throws {
    let story = Scenario(limits { $0.finishedKept = 2 })
    for _ in 1...5 { _ = try story.finishedJob(by: 1) }
    try story.list(by: 9)
    #expect(
      story.actions == [
        "client 9: list 4 (exited) is finished, 5 (exited) is finished (complete)"
      ])
    #expect(throws: JobdError.noSuchJob(id: 1)) { try story.list(only: JobID(rawValue: 1), by: 9) }
  }
}
