import Testing
import Varlink

@Suite("A message is a call, or the connection is closed")
struct CallTests {
  @Test(
    "A call says what is expected of it",
    arguments: [
      (#"{"method":"a.b.C"}"#, Call("a.b.C")),
      (#" { "method" : "a.b.C" , "parameters" : { } } "#, Call("a.b.C")),
      (#"{"method":"a.b.C","parameters":null}"#, Call("a.b.C")),
      (#"{"parameters":{"x":1},"method":"a.b.C"}"#, Call("a.b.C", ["x": .int(1)])),
      (#"{"method":"a.b.C","more":true}"#, Call("a.b.C", mode: .more)),
      (#"{"method":"a.b.C","oneway":true}"#, Call("a.b.C", mode: .oneway)),
      (#"{"method":"a.b.C","upgrade":true}"#, Call("a.b.C", mode: .upgrade)),
      (#"{"method":"a.b.C","more":false,"oneway":false,"upgrade":false}"#, Call("a.b.C")),
      (#"{"method":"a.b.C","oneway":true,"more":false}"#, Call("a.b.C", mode: .oneway)),
      (#"{"method":"a.b.C","more":null}"#, Call("a.b.C")),
      (#"{"method":"a.b.C","org.x":{},"io.y.z":{"a":[1]}}"#, Call("a.b.C")),
      (#"{"method":""}"#, Call("")),
    ])
  func accepted(message: String, call: Call) throws {
    #expect(try Call(parsing: message.utf8) == call)
  }

  @Test(
    "A malformed call is not answered",
    arguments: [
      (#"{"parameters":{}}"#, .noMethod), ("{}", .noMethod),
      (#"{"method":null}"#, .noMethod),
      (#"{"method":1}"#, .wrongType(member: "method")),
      (#"{"method":"a.b.C","parameters":[]}"#, .wrongType(member: "parameters")),
      (#"{"method":"a.b.C","parameters":"x"}"#, .wrongType(member: "parameters")),
      (#"{"method":"a.b.C","more":1}"#, .wrongType(member: "more")),
      (#"{"method":"a.b.C","oneway":"true"}"#, .wrongType(member: "oneway")),
      (#"{"method":"a.b.C","upgrade":{}}"#, .wrongType(member: "upgrade")),
      (#"{"method":"a.b.C","more":true,"oneway":true}"#, .contradictoryFlags),
      (#"{"method":"a.b.C","more":true,"upgrade":true}"#, .contradictoryFlags),
      (#"{"method":"a.b.C","id":1}"#, .unknownMember("id")),
      (#"{"method":"a.b.C","continues":true}"#, .unknownMember("continues")),
      (#"{"method":"a.b.C","org.x":1}"#, .wrongType(member: "org.x")),
      (#"{"method":"a.b.C","org.x":null}"#, .wrongType(member: "org.x")),
      ("[1]", .notAnObject), ("\"a.b.C\"", .notAnObject), ("null", .notAnObject),
      ("", .json(JSONSyntaxError(.expected("a value"), at: 0))),
      (
        #"{"method":"a.b.C","method":"a.b.D"}"#,
        .json(JSONSyntaxError(.duplicateName("method"), at: 18))
      ),
    ] as [(String, MalformedMessage)])
  func malformed(message: String, problem: MalformedMessage) {
    #expect(throws: problem) { try Call(parsing: message.utf8) }
    #expect(!"\(problem)".isEmpty)
  }

  @Test("A call with a byte that is not UTF-8 is malformed")
  func invalidUTF8() {
    let message = Array(#"{"method":"a.b.C","parameters":{"x":""#.utf8) + [0xFF, 0x22, 0x7D, 0x7D]
    #expect(throws: MalformedMessage.json(JSONSyntaxError(.invalidUTF8, at: 37))) {
      try Call(parsing: message)
    }
  }

  @Test(
    "A call is sent without false flags and without empty parameters, and read back the same",
    arguments: Call.Mode.allCases, [JSONObject(), ["x": .string("\0")]])
  func encoding(mode: Call.Mode, parameters: JSONObject) throws {
    let call = Call("a.b.C", parameters, mode: mode)
    let message = call.encoded()
    #expect(message.last == 0 && message.count { $0 == 0 } == 1)
    #expect(try Call(parsing: message.dropLast()) == call)
    let text = String(decoding: message, as: UTF8.self)
    #expect(!text.contains("false") && text.contains("parameters") == !parameters.isEmpty)
  }
}
