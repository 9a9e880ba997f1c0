import LinuxSystem
import Varlink
import VarlinkSocket

/// A server of `org.varlink.certification`, the interface that implementations of Varlink are tried
/// with: each call must bring back what the one before it answered.
struct CertificationServer: ~Copyable {
  static let interface = "org.varlink.certification"

  /// What each method answers, and with that what the next one must be called with.
  static let answers: [(method: String, reply: String)] = [
    ("Test01", #"{"bool":true}"#), ("Test02", #"{"int":1}"#), ("Test03", #"{"float":1.0}"#),
    ("Test04", #"{"string":"ping"}"#),
    ("Test05", #"{"bool":false,"int":2,"float":3.141592653589793,"string":"a lot of string"}"#),
    (
      "Test06",
      #"{"struct":{"bool":false,"int":2,"float":3.141592653589793,"string":"a lot of string"}}"#
    ),
    ("Test07", #"{"map":{"foo":"Foo","bar":"Bar"}}"#),
    ("Test08", #"{"set":{"one":{},"three":{},"two":{}}}"#),
    (
      "Test09",
      #"""
      {"mytype":{"object":{"method":"org.varlink.certification.Test09",
      "parameters":{"map":{"foo":"Foo","bar":"Bar"}}},"enum":"two","struct":{"first":1,
      "second":"2"},"array":["one","two","three"],"dictionary":{"foo":"Foo","bar":"Bar"},
      "stringset":{"one":{},"two":{},"three":{}},"interface":{"foo":[null,{"foo":"foo",
      "bar":"bar"},null,{"one":"foo","two":"bar"}],"anon":{"foo":true,"bar":false}}}}
      """#
    ),
  ]

  /// What is answered to `Test10`, one after the other.
  static let progress = (1...10).map { "Reply number \($0)" }

  private let socket: UnixSocket
  private let service: Service
  private var connection = ServerConnection()
  /// The methods in the order that they must be called in, with what they must be called with.
  private let steps: [(method: String, expected: JSONObject)]
  private var step = 0

  init(_ socket: consuming UnixSocket) throws {
    self.socket = socket
    let description = try InterfaceDescription(parsing: certificationSource, grammar: .full)
    service = Service(
      vendor: "jobd", product: "certification", version: "1", url: "", interfaces: [description])
    let lists: JSONObject = ["last_more_replies": .array(Self.progress.map(JSON.string))]
    let inputs = [[:]] + Self.answers.map { Self.object($0.reply) } + [lists, [:]]
    let methods = Self.answers.map(\.method) + ["Test10", "Test11", "End"]
    steps = [("Start", [:])] + zip(methods, inputs).map { ($0, Self.identified($1)) }
  }

  /// Serves until the client closes the connection.
  mutating func serve() throws {
    let buffer = ReceiveBuffer()
    var reader = MessageReader()
    while !connection.isFinished {
      switch try reader.next(from: socket, by: buffer, waiting: true) {
      case .message(let message, _):
        if case .invoke(let invocation) = connection.received(message, for: service) {
          answer(invocation)
        }
      default: connection.stoppedReading()
      }
      // What is answered here has room in any socket's queue.
      _ = try connection.outgoing.write(to: socket)
    }
  }

  private mutating func answer(_ call: Service.Invocation) {
    let (method, expected) = steps[step]
    guard call.method == method, call.mode == mode(of: method),
      JSON.object(call.parameters).normalized == JSON.object(expected).normalized
    else {
      let parameters: JSONObject = ["wants": .object(expected), "got": .object(call.parameters)]
      return connection.fail(VarlinkError("\(Self.interface).CertificationError", parameters))
    }
    step = (step + 1) % steps.count
    switch method {
    case "Start": connection.finish(Self.identified([:]))
    case "Test10":
      for text in Self.progress.dropLast() { connection.progress(["string": .string(text)]) }
      connection.finish(["string": .string(Self.progress.last ?? "")])
    case "Test11": connection.finish()
    case "End": connection.finish(["all_ok": .bool(true)])
    default: connection.finish(Self.object(Self.answers.first { $0.method == method }?.reply ?? ""))
    }
  }

  private func mode(of method: String) -> Call.Mode {
    switch method {
    case "Test10": .more
    case "Test11": .oneway
    default: .plain
    }
  }

  /// The parameters of a client that has been given its name.
  static func identified(_ parameters: JSONObject) -> JSONObject {
    var parameters = parameters
    parameters["client_id"] = .string("one")
    return parameters
  }

  static func object(_ text: String) -> JSONObject {
    (try? JSON(parsing: text.utf8))?.object ?? [:]
  }
}

extension JSON {
  /// Members in the order of their names and without those that are null: as an interface sees it.
  fileprivate var normalized: JSON {
    switch self {
    case .object(let object):
      .object(
        JSONObject(
          uniqueMembers: object.members.filter { $0.value != .null }.sorted { $0.name < $1.name }
            .map { JSONObject.Member($0.name, $0.value.normalized) }))
    case .array(let elements): .array(elements.map(\.normalized))
    default: self
    }
  }
}

private let certificationSource = """
  interface org.varlink.certification

  type Interface (
    foo: ?[]?[string](foo, bar, baz),
    anon: (foo: bool, bar: bool)
  )

  type MyType (
    object: object,
    enum: (one, two, three),
    struct: (first: int, second: string),
    array: []string,
    dictionary: [string]string,
    stringset: [string](),
    nullable: ?string,
    nullable_array_struct: ?[](first: int, second: string),
    interface: Interface
  )

  method Start() -> (client_id: string)
  method Test01(client_id: string) -> (bool: bool)
  method Test02(client_id: string, bool: bool) -> (int: int)
  method Test03(client_id: string, int: int) -> (float: float)
  method Test04(client_id: string, float: float) -> (string: string)
  method Test05(client_id: string, string: string) -> (
    bool: bool, int: int, float: float, string: string
  )
  method Test06(client_id: string, bool: bool, int: int, float: float, string: string) -> (
    struct: (bool: bool, int: int, float: float, string: string)
  )
  method Test07(
    client_id: string, struct: (bool: bool, int: int, float: float, string: string)
  ) -> (map: [string]string)
  method Test08(client_id: string, map: [string]string) -> (set: [string]())
  method Test09(client_id: string, set: [string]()) -> (mytype: MyType)
  method Test10(client_id: string, mytype: MyType) -> (string: string)
  method Test11(client_id: string, last_more_replies: []string) -> ()
  method End(client_id: string) -> (all_ok: bool)

  error ClientIdError ()
  error CertificationError (wants: object, got: object)
  """
