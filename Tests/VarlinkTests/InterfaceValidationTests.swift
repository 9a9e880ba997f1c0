import Testing
import Varlink

@Suite("Parameters are checked against the interface")
struct InterfaceValidationTests {
  private let interface: InterfaceDescription

  init() throws {
    interface = try InterfaceDescription(
      parsing: """
        interface org.example.job
        type Stop (signal: ?string, scope: ?(main, tree))
        type Context (
          command: []string, stop: ?Stop, stops: ?[]Stop, environment: ?[string]string,
          weight: ?float, limit: ?int, flag: ?bool, extra: ?object, whatever: ?any, next: ?Context
        )
        method Run(context: Context, id: ?int) -> (pid: int, state: (a, b))
        method Ping() -> ()
        error Busy (pid: int)
        """)
  }

  private func parameters(_ text: String) throws -> JSONObject {
    try #require(JSON(parsing: text.utf8).object)
  }

  @Test(
    "What the interface declares passes",
    arguments: [
      #"{"context":{"command":[]}}"#,
      #"{"id":null,"context":{"command":["a"],"stop":null,"weight":null}}"#,
      #"{"context":{"command":["a"],"weight":1,"limit":-9223372036854775808,"flag":false}}"#,
      #"{"context":{"command":["a"],"weight":18446744073709551615}}"#,
      #"{"context":{"command":["a"],"weight":0.5,"extra":{"x":[null]},"whatever":[1]}}"#,
      #"{"context":{"command":["a"],"stop":{"signal":"TERM","scope":"tree"},"stops":[{}]}}"#,
      #"{"context":{"command":["a"],"environment":{"":"x","A.B":"y"}}}"#,
      #"{"context":{"command":["a"],"next":{"command":["b"]}}}"#,
    ])
  func accepted(text: String) throws {
    let parameters = try parameters(text)
    #expect(throws: Never.self) {
      try interface.validate(parameters: parameters, forMethod: "Run")
    }
  }

  @Test(
    "What it doesn't is an InvalidParameter with the path of the field",
    arguments: [
      ("{}", "context"), (#"{"context":null}"#, "context"), (#"{"context":[]}"#, "context"),
      (#"{"context":{}}"#, "context.command"),
      (#"{"context":{"command":null}}"#, "context.command"),
      (#"{"context":{"command":"a"}}"#, "context.command"),
      (#"{"context":{"command":["a",1]}}"#, "context.command"),
      (#"{"context":{"command":["a",null]}}"#, "context.command"),
      (#"{"context":{"command":[]},"foo":1}"#, "foo"),
      (#"{"context":{"command":[]},"foo":null}"#, "foo"),
      (#"{"context":{"command":[],"commend":[]}}"#, "context.commend"),
      (#"{"context":{"command":[],"stop":{"signal":1}}}"#, "context.stop.signal"),
      (#"{"context":{"command":[],"stop":{"scope":"all"}}}"#, "context.stop.scope"),
      (#"{"context":{"command":[],"stop":{"scope":0}}}"#, "context.stop.scope"),
      (#"{"context":{"command":[],"stops":[{},{"x":1}]}}"#, "context.stops.x"),
      (#"{"context":{"command":[],"environment":{"A":1}}}"#, "context.environment"),
      (#"{"context":{"command":[],"environment":{"A":null}}}"#, "context.environment"),
      (#"{"context":{"command":[],"weight":"1"}}"#, "context.weight"),
      (#"{"context":{"command":[],"limit":1.0}}"#, "context.limit"),
      (#"{"context":{"command":[],"limit":9223372036854775808}}"#, "context.limit"),
      (#"{"context":{"command":[],"flag":1}}"#, "context.flag"),
      (#"{"context":{"command":[],"extra":[]}}"#, "context.extra"),
      (#"{"context":{"command":[],"next":{"command":[],"next":{}}}}"#, "context.next.next.command"),
      (#"{"context":{"command":[]},"id":"1"}"#, "id"),
    ])
  func rejected(text: String, path: String) throws {
    let parameters = try parameters(text)
    #expect(throws: VarlinkError.invalidParameter(path)) {
      try interface.validate(parameters: parameters, forMethod: "Run")
    }
  }

  @Test("A method without parameters takes none, an unknown one is not found")
  func methods() throws {
    #expect(throws: Never.self) { try interface.validate(parameters: [:], forMethod: "Ping") }
    #expect(throws: VarlinkError.invalidParameter("x")) {
      try interface.validate(parameters: ["x": .null], forMethod: "Ping")
    }
    for name in ["Pong", "Busy", "Context", ""] {
      #expect(throws: VarlinkError.methodNotFound("org.example.job.\(name)")) {
        try interface.validate(parameters: [:], forMethod: name)
      }
    }
  }

  @Test("Replies and errors can be held against the interface as well")
  func replies() throws {
    try interface.validate(Reply(["pid": .int(1), "state": .string("a")]), forMethod: "Run")
    try interface.validate(Reply(.permissionDenied), forMethod: "Run")
    try interface.validate(
      Reply(VarlinkError("org.example.job.Busy", ["pid": .int(1)])), forMethod: "Run")
    for (reply, path) in [
      (Reply(), "pid"), (Reply(["pid": .int(1), "state": .string("c")]), "state"),
      (Reply(["pid": .int(1), "state": .string("a"), "x": .null]), "x"),
      (Reply(VarlinkError("org.example.job.Busy")), "pid"),
      (Reply(VarlinkError("org.example.job.Lazy")), "org.example.job.Lazy"),
    ] {
      #expect { try interface.validate(reply, forMethod: "Run") } throws: { error in
        (error as? InterfaceMismatch)?.path == path
      }
    }
  }
}
