import JobProtocol
import Testing

@testable import JobEngine

@Suite("A list comes in replies that are bounded, and says when it is complete")
struct ListTests {
  /// Room for the first job of a reply, and none for a second.
  let story = Scenario(limits { $0.listPieceBytes = 1 })

  @Test("What doesn't fit one reply goes on in the next, and the last one says that it is complete")
  func pieces() throws {
    try story.finishedJob(by: 1)
    for client in 2...3 { try story.started(by: ClientID(rawValue: client)) }
    try story.list(goesOn: true, by: 9)
    #expect(story.actions == ["client 9: list 1 (exited) is finished, to be continued"])
    story.engine.observerReady(9)
    #expect(story.actions == ["client 9: list 2 is running, to be continued"])
    story.engine.observerReady(9)
    #expect(story.actions == ["client 9: list 3 is running (complete), to be continued"])
    story.engine.observerReady(9)
    #expect(story.actions == [])
  }

  @Test("An empty list is complete, too")
  func empty() throws {
    try story.list(goesOn: true, by: 9)
    #expect(story.actions == ["client 9: list (complete), to be continued"])
    try story.list(by: 8)
    #expect(story.actions == ["client 8: list (complete)"])
  }

  @Test("A job that changes while the list is told is told once, as it is by then")
  func changesMeanwhile() throws {
    try story.started(by: 1)
    let second = try story.started(by: 2)
    try story.list(goesOn: true, by: 9)
    story.ends(second)
    story.settled(second)
    _ = story.full()
    story.engine.observerReady(9)
    #expect(story.actions == ["client 9: list 2 (exited) is finished (complete), to be continued"])
    story.engine.observerReady(9)
    #expect(story.actions == [])
  }

  @Test("Jobs that come while the list is told are told behind it")
  func comesMeanwhile() throws {
    for client in 1...2 { try story.started(by: ClientID(rawValue: client)) }
    try story.list(goesOn: true, by: 9)
    try story.started(by: 3)
    var told: [String] = []
    for _ in 0..<3 {
      story.engine.observerReady(9)
      told += story.actions
    }
    #expect(
      told == [
        "client 9: list 2 is running (complete), to be continued",
        "client 9: list 3 is running, to be continued",
      ])
  }

  @Test("The jobs that had finished when the list was asked for are no backlog")
  func historyIsNoBacklog() throws {
    let story = Scenario(
      limits {
        $0.listPieceBytes = 1
        $0.observerBacklogMax = 2
      })
    for _ in 1...5 { try story.finishedJob(by: 1) }
    try story.list(goesOn: true, by: 9)
    for _ in 1...2 { try story.finishedJob(by: 1) }
    #expect(!story.engine.observers.isEmpty)
    try story.finishedJob(by: 1)
    #expect(story.engine.observers.isEmpty)
  }

  @Test("Without 'more' a list that is too long for one reply is an error, not half a list")
  func tooLong() throws {
    let story = Scenario(limits { $0.listReplyBytes = 3_000 })
    for client in 1...2 { try story.started(by: ClientID(rawValue: client)) }
    try story.list(by: 8)
    #expect(story.actions == ["client 8: list 1 is running, 2 is running (complete)"])
    try story.started(by: 3)
    #expect(throws: JobdError.expectedMore) { try story.list(by: 8) }
    try story.list(only: JobID(rawValue: 3), by: 8)
    #expect(story.actions == ["client 8: list 3 is running (complete)"])
    try story.list(goesOn: true, by: 9)
    #expect(story.actions.count == 1)
  }
}
