import JobProtocol
import Testing
import Varlink

@Suite("A value comes out of its message as it went in")
struct RoundTripTests {
  @Test("Types", arguments: Samples.full + Samples.minimal)
  func types(_ sample: Samples.Sample) throws {
    try expectRoundTrip(sample.value)
  }

  @Test("Calls of Run", arguments: Samples.runParameters)
  func run(_ parameters: RunParameters) throws {
    try expectRoundTrip(parameters)
  }

  @Test("Replies to Run", arguments: Samples.runReplies)
  func runReply(_ reply: RunReply) throws {
    #expect(try RunReply(throughText(reply.wire)) == reply)
    #expect(reply.encoded(continues: true) == Reply(reply.wire, continues: true).encoded())
  }

  @Test("Replies to List", arguments: [[], [Samples.job, Samples.minimalJob]])
  func listReply(_ jobs: [Job]) throws {
    let reply = ListReply(jobs: jobs, isComplete: jobs.isEmpty)
    try expectRoundTrip(reply)
    #expect(reply.encoded(continues: false) == Reply(reply.wire).encoded())
  }

  @Test("Calls of and replies to the other methods")
  func others() throws {
    try expectRoundTrip(ListParameters())
    try expectRoundTrip(ListParameters(id: 0, finished: true))
    try expectRoundTrip(CancelParameters(id: 7))
    try expectRoundTrip(
      CancelParameters(id: 7, signal: "INT", gracePeriodUSec: 0, reason: "because"))
    try expectRoundTrip(CancelReply(job: Samples.job))
    try expectRoundTrip(Samples.service)
  }

  @Test("Errors", arguments: Samples.errors)
  func errors(_ error: JobdError) throws {
    #expect(try JobdError(name: error.name, parameters: throughText(error.parameters)) == error)
  }

  @Test("Bytes that are not UTF-8 travel in base64, and only they")
  func twins() throws {
    let wire = Samples.binaryContext.wire
    #expect(wire["command"] == nil)
    #expect(wire["commandBase64"] == .array([.string("dGFy"), .string("Y2Fm6Q==")]))
    #expect(wire["workingDirectory"] == nil)
    #expect(wire["workingDirectoryBase64"] == .string("L2NhZuk="))
    #expect(wire["environment"] == .object(["PATH": .string("/bin")]))
    #expect(wire["environmentBase64"] == .array([.string("TkFNRT1jYWbp")]))
  }

  @Test("A variable that is there twice stays so, in its order")
  func duplicateVariables() throws {
    let context = JobContext(command: ["true"], environment: ["A=1", "A=2", "B=3"])
    let read = try JobContext(throughText(context.wire)).environment
    #expect(read?.filter { $0 != "B=3" } == ["A=1", "A=2"])
  }

  @Test("Of variables that are there several times the first is in the map, the others beside it")
  func manyDuplicates() throws {
    let wire = JobContext(
      command: ["true"], environment: ["B=1", "A=1", "C=1", "A=2", "B=2", "A=3"]
    ).wire
    #expect(
      wire["environment"] == .object(["B": .string("1"), "A": .string("1"), "C": .string("1")]))
    let rest = ["A=2", "B=2", "A=3"].map { JSON.string(Base64.encode($0.utf8)) }
    #expect(wire["environmentBase64"] == .array(rest))
  }

  @Test("No environment and an empty one are not the same")
  func emptyEnvironment() throws {
    #expect(try JobContext(JobContext(command: ["true"]).wire).environment == nil)
    let empty = JobContext(command: ["true"], environment: [])
    #expect(try JobContext(throughText(empty.wire)).environment == [])
  }

  private func expectRoundTrip<Value: WireObject>(_ value: Value) throws {
    #expect(try Value(throughText(value.wire)) == value)
    var writer = JSONWriter()
    writer.beginObject()
    value.write(to: &writer)
    writer.endObject()
    #expect(writer.finish() == JSON.object(value.wire).encoded(), "written straight")
  }

  /// The object, written and parsed again.
  private func throughText(_ object: JSONObject) throws -> JSONObject {
    try #require(JSON(parsing: JSON.object(object).encoded()).object)
  }
}
