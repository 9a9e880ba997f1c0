import JobProtocol
import Testing
import Varlink

@Suite("Reading a message")
struct ReadingTests {
  @Test("Null and absent are the same")
  func null() throws {
    let context = try JobContext(object(#"{"command":["make"],"name":null,"stop":null}"#))
    #expect(context == JobContext(command: ["make"]))
  }

  @Test("Fields of a newer service are ignored")
  func unknownFields() throws {
    var wire = Samples.job.wire
    wire["colour"] = .string("green")
    #expect(try Job(wire) == Samples.job)
    #expect(try RunReply(["progress": .int(3)]) == nil)
    #expect(try JobdError(name: "io.jobd.TooLate", parameters: [:]) == nil)
  }

  @Test("A state that is not known reads as running")
  func unknownState() throws {
    var wire = Samples.minimalRuntime.wire
    wire["state"] = .string("frozen")
    #expect(try JobRuntime(wire).state == .running)
  }

  @Test("A cause that is not known reads by how the main process ended")
  func unknownCause() throws {
    let exited = try JobResult(object(#"{"cause":"timeout","exitStatus":3,"killed":false}"#))
    #expect(exited.cause == .exited)
    let signaled = try JobResult(
      object(#"{"cause":"timeout","exitSignal":"SIGTERM","killed":false}"#))
    #expect(signaled.cause == .signaled)
  }

  @Test(
    "What makes no sense is refused, with the path of the field",
    arguments: [
      ("context.command", #"{"context":{}}"#),
      ("context.command", #"{"context":{"command":[]}}"#),
      ("context.command", #"{"context":{"command":[""]}}"#),
      ("context.command", #"{"context":{"command":["a\u0000b"]}}"#),
      ("context.command", #"{"context":{"command":[1]}}"#),
      ("context.command", #"{"context":{"command":["a"],"commandBase64":["YQ=="]}}"#),
      ("context.commandBase64", #"{"context":{"commandBase64":["%"]}}"#),
      ("context.commandBase64", #"{"context":{"commandBase64":["AA=="]}}"#),
      ("context.workingDirectory", #"{"context":{"command":["a"],"workingDirectory":"src"}}"#),
      ("context.workingDirectory", #"{"context":{"command":["a"],"workingDirectory":""}}"#),
      (
        "context.workingDirectory",
        #"{"context":{"command":["a"],"workingDirectory":"/","workingDirectoryBase64":"Lw=="}}"#
      ),
      ("context.environment", #"{"context":{"command":["a"],"environment":{"":"x"}}}"#),
      ("context.environment", #"{"context":{"command":["a"],"environment":{"A=B":"x"}}}"#),
      ("context.environment.A", #"{"context":{"command":["a"],"environment":{"A":1}}}"#),
      ("context.environment.A", #"{"context":{"command":["a"],"environment":{"A":"\u0000"}}}"#),
      ("context.environmentBase64", #"{"context":{"command":["a"],"environmentBase64":["QQ=="]}}"#),
      ("context.environmentBase64", #"{"context":{"command":["a"],"environmentBase64":["PUE="]}}"#),
      ("context.umask", #"{"context":{"command":["a"],"umask":"022"}}"#),
      ("context.stop", #"{"context":{"command":["a"],"stop":"SIGTERM"}}"#),
      (
        "context.stop.gracePeriodUSec",
        #"{"context":{"command":["a"],"stop":{"gracePeriodUSec":"5s"}}}"#
      ),
      (
        "standardInput",
        #"{"context":{"command":["a"]},"standardInput":"","standardInputBase64":""}"#
      ),
      (
        "standardInput",
        #"{"context":{"command":["a"]},"standardInput":"","standardInputFileDescriptor":0}"#
      ),
      ("standardInputBase64", #"{"context":{"command":["a"]},"standardInputBase64":"?"}"#),
      (
        "context.stop.closeStandardInput",
        #"{"context":{"command":["a"],"stop":{"closeStandardInput":true}},"standardInput":"x"}"#
      ),
    ])
  func badValues(_ path: String, _ call: String) {
    let error = #expect(throws: BadValue.self) { try RunParameters(object(call)) }
    #expect(error?.parameter == path)
  }

  @Test("An output without text is base64, and nothing else will do")
  func output() {
    #expect(throws: BadValue.self) { try Output(object(#"{"stream":"standard_output"}"#)) }
    #expect(throws: BadValue.self) {
      try Output(object(#"{"stream":"standard_output","base64":"!"}"#))
    }
    #expect(throws: BadValue.self) { try Output(object(#"{"stream":"sideways","text":"x"}"#)) }
  }
}

/// The object that a text says.
func object(_ text: String) throws -> JSONObject {
  try #require(JSON(parsing: text.utf8).object)
}
