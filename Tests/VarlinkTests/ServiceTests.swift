import Testing
import Varlink

@Suite("A service introduces itself and routes calls")
struct ServiceTests {
  private let service: Service

  init() throws {
    service = try .example
  }

  @Test("GetInfo says who the service is and which interfaces it has")
  func info() throws {
    let reply = Reply([
      "vendor": .string("V"), "product": .string("P"), "version": .string("1"),
      "url": .string("U"),
      "interfaces": .array([.string("org.varlink.service"), .string("org.example.ping")]),
    ])
    for mode in Call.Mode.allCases {
      #expect(service.route(Call("org.varlink.service.GetInfo", mode: mode)) == .reply(reply))
    }
    try InterfaceDescription.varlinkService.validate(reply, forMethod: "GetInfo")
  }

  @Test("GetInterfaceDescription serves every interface word for word, its own included")
  func descriptions() throws {
    for interface in service.interfaces {
      let call = Call(
        "org.varlink.service.GetInterfaceDescription", ["interface": .string(interface.name)])
      #expect(service.route(call) == .reply(Reply(["description": .string(interface.source)])))
    }
    #expect(service.interfaces.map(\.name) == ["org.varlink.service", "org.example.ping"])
  }

  @Test("org.varlink.service declares every error that a service may answer")
  func errors() throws {
    let errors: [VarlinkError] = [
      .interfaceNotFound(""), .methodNotFound(""), .methodNotImplemented(""),
      .invalidParameter(""), .permissionDenied, .expectedMore, .expectedUpgrade,
    ]
    for error in errors { try InterfaceDescription.varlinkService.validate(error) }
    let declared = InterfaceDescription.varlinkService.declarations.filter {
      if case .error = $0.kind { true } else { false }
    }
    #expect(declared.map { "org.varlink.service.\($0.name)" } == errors.map(\.name))
  }

  @Test(
    "A call that can't be carried out is answered with the error that says why",
    arguments: [
      (Call("org.example.none.Ping"), .interfaceNotFound("org.example.none")),
      (Call("org.example.ping.Pong"), .methodNotFound("org.example.ping.Pong")),
      (Call("org.example.ping.Refused"), .methodNotFound("org.example.ping.Refused")),
      (Call("org.example.ping."), .methodNotFound("org.example.ping.")),
      (Call("org.varlink.service.Nope"), .methodNotFound("org.varlink.service.Nope")),
      (Call("Ping"), .methodNotFound("Ping")), (Call(""), .methodNotFound("")),
      (Call(".Ping"), .interfaceNotFound("")),
      (Call("org.varlink.service.GetInfo", ["foo": .int(1)]), .invalidParameter("foo")),
      (Call("org.varlink.service.GetInterfaceDescription"), .invalidParameter("interface")),
      (
        Call("org.varlink.service.GetInterfaceDescription", ["interface": .int(1)]),
        .invalidParameter("interface")
      ),
      (
        Call("org.varlink.service.GetInterfaceDescription", ["interface": .string("x.y")]),
        .interfaceNotFound("x.y")
      ),
      (Call("org.example.ping.Ping", ["ping": .int(1)]), .invalidParameter("ping")),
    ] as [(Call, VarlinkError)])
  func refused(call: Call, error: VarlinkError) {
    #expect(service.route(call) == .reply(Reply(error)))
  }

  @Test("A call of the application's own is handed on, checked")
  func invoked() {
    let call = Call("org.example.ping.Ping", ["ping": .string("x")], mode: .more)
    let invocation = Service.Invocation(
      interface: "org.example.ping", method: "Ping", parameters: ["ping": .string("x")],
      mode: .more)
    #expect(service.route(call) == .invoke(invocation))
  }

  @Test("An errno is told in systemd's notation")
  func systemError() {
    #expect(
      "\(VarlinkError.system("ENOENT", number: 2))"
        == #"io.systemd.System {"origin":"linux","errnoName":"ENOENT","errno":2}"#)
    #expect("\(VarlinkError.expectedMore)" == "org.varlink.service.ExpectedMore")
  }
}

extension Service {
  /// Something to call.
  static var example: Service {
    get throws(InterfaceSyntaxError) {
      Service(
        vendor: "V", product: "P", version: "1", url: "U",
        interfaces: [
          try InterfaceDescription(
            parsing: """
              interface org.example.ping
              method Ping(ping: ?string) -> (pong: ?string)
              error Refused ()
              """)
        ])
    }
  }
}
