import JobProtocol
import Testing

@testable import JobEngine

@Suite("What describes a job is bounded, whatever it was made of")
struct DescriptionTests {
  let story = Scenario(limits { $0.describedBytes = 32 })

  @Test("A long command is cut from the beginning on, with that said, and what fits is whole")
  func command() throws {
    let long = OSString(bytes: Array(repeating: UInt8(ascii: "x"), count: 1_000_000))
    let argument = try #require(long)
    try story.run(by: 1, .sample(command: ["make", "-j", argument, "install"]))
    let context = try #require(try described().first).context
    #expect(context.isTruncated)
    // Three bytes for what is around each.
    #expect(context.command == ["make", "-j", argument.abridged(to: 32 - 4 - 2 - 9)])

    try story.run(by: 2, .sample(command: ["make", "-j", "12345678901234567"]))
    #expect(try described().last?.context.isTruncated == false)
  }

  @Test("As many arguments as there may be are cut, too")
  func arguments() throws {
    try story.run(by: 1, .sample(command: ["true"] + Array(repeating: "", count: 100_000)))
    let context = try #require(try described().first).context
    #expect(context.isTruncated)
    #expect(context.command.count == 9)
  }

  @Test("A long name is cut at a whole code point")
  func name() throws {
    try story.run(by: 1, .sample(name: "x" + String(repeating: "é", count: 100)))
    try story.run(by: 2, .sample(name: "12345678901234567890123456789012"))
    let contexts = try described().map(\.context)
    #expect(contexts[0].name == "x" + String(repeating: "é", count: 15))
    #expect(contexts.map(\.isTruncated) == [true, false])
  }

  @Test("Why it didn't start and why somebody canceled it are cut")
  func ends() throws {
    let failed = try story.run(by: 1)
    let path = "/" + String(repeating: "p", count: 5_000)
    story.spawnFailed(
      failed,
      StartFailure(
        step: .executable, path: path, errno: 36, errnoName: "ENAMETOOLONG", message: path))
    story.settled(failed)
    let failure = try #require(try story.finished().runtime.result?.startFailure)
    #expect(failure.isTruncated)
    #expect(failure.path == path.abridged(to: 32) && failure.message == failure.path)

    let canceled = try story.started(by: 2)
    try story.cancel(canceled, by: 3, reason: String(repeating: "r", count: 5_000))
    try story.cancel(canceled, by: 4, reason: "short")
    story.ends(canceled)
    story.settled(canceled)
    let requester = try #require(try story.finished().runtime.result?.requestedBy)
    #expect(requester.isTruncated)
    #expect(requester.reason?.utf8.count == 32)
  }

  private func described() throws -> [Job] {
    _ = story.full()
    try story.list(by: 9)
    guard case .replyToList(_, let reply, _) = try #require(story.full().last) else { return [] }
    return reply.jobs
  }
}
