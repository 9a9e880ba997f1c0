import LinuxSystem
import SystemPackage
import Testing
import Varlink
import VarlinkSocket

@Suite("No input makes a parser crash, or contradict itself")
struct MutationTests {
  @Test("Mutated messages are refused, or mean the same when written and read again")
  func messages() throws {
    var mutator = Mutator(
      seed: 20,
      seeds: [
        #"{"method":"a.b.C","parameters":{"x":[1,-2.5e3,null]},"more":true}"#,
        #"{"parameters":{"s":"\u00e4\ud83d\ude00\n€"},"continues":true}"#,
        #"{"error":"a.b.E","parameters":{"parameter":"x"}}"#,
        #"[{"a":{"b":{"c":[[[]]]}}},18446744073709551615,-9223372036854775808]"#,
      ],
      words: [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "true", "null", "-", "0", ".",
        "e", "E+", "999999999999999999999", "\0", "\u{E9}", "e\u{301}", "\"method\":", "\"more\":",
        "\"x.y\":{}", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
      ])
    var accepted = 0
    for _ in 0..<cases {
      let bytes = mutator.next()
      guard let value = try? JSON(parsing: bytes) else {
        #expect((try? Call(parsing: bytes)) == nil && (try? Reply(parsing: bytes)) == nil)
        continue
      }
      accepted += 1
      let written = value.encoded()
      let again = try JSON(parsing: written)
      if again != value { Issue.record("\(value) became \(again)") }
      if let call = try? Call(parsing: bytes) {
        #expect(try Call(parsing: call.encoded().dropLast()) == call)
      }
      if let reply = try? Reply(parsing: bytes) {
        #expect(try Reply(parsing: reply.encoded().dropLast()) == reply)
      }
    }
    #expect(accepted > 100)
  }

  @Test("Mutated descriptions are refused with a place, or describe something")
  func descriptions() {
    var mutator = Mutator(
      seed: 4,
      seeds: [
        "# Doc\ninterface a.b\n\n# T\ntype T (a: ?[]int, b: [string]T, c: (x, y)) # c\n",
        "interface a.b-c\nmethod M(t: ?T) -> (a: any, b: (c: object))\ntype T (a)\nerror E ()",
        InterfaceDescription.varlinkService.source,
      ],
      words: [
        "type", "method", "error", "interface", "(", ")", "()", ",", ":", "->", "?", "[]",
        "[string]", "int", "T", "a", "#", "\n", " ", ".", "-", "_", "ä", "((((((((", "(a:(a:(a:",
      ])
    var accepted = 0
    for _ in 0..<cases {
      let source = String(decoding: mutator.next(), as: UTF8.self)
      do throws(InterfaceSyntaxError) {
        let interface = try InterfaceDescription(parsing: source)
        accepted += 1
        for declaration in interface.declarations where interface[declaration.name] != declaration {
          Issue.record("\(declaration.name) is not found")
        }
      } catch {
        if error.line < 1 || error.column < 1 { Issue.record("\(error) in \(source)") }
      }
    }
    #expect(accepted > 100)
  }

  @Test("Mutated calls are answered, invoked or refused, and the connection always knows what next")
  func connections() throws {
    let service = try Service.example
    var mutator = Mutator(
      seed: 9,
      seeds: [
        #"{"method":"org.varlink.service.GetInfo"}"#,
        #"{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"a.b"}}"#,
        #"{"method":"org.example.ping.Ping","parameters":{"ping":"x"},"more":true}"#,
        #"{"method":"org.example.ping.Ping","oneway":true,"org.x":{}}"#,
      ],
      words: ["\"", ".", "{}", ":", ",", "null", "true", "\"upgrade\":true", "Ping", "x"])
    var connection = ServerConnection()
    for _ in 0..<cases / 4 {
      switch connection.received(mutator.next(), for: service) {
      case .answered: break
      case .invoke(let invocation):
        connection.progress(invocation.parameters)
        connection.finish()
      case .refused:
        let isReading = connection.isReading
        if isReading { Issue.record("reads on after a malformed message") }
      }
      connection.outgoing.removeAll()
      if connection.isFinished { connection = ServerConnection() }
      let isReading = connection.isReading
      if !isReading { Issue.record("neither finished nor reading") }
    }
  }

  @Test("Bytes and descriptors sent in any pieces arrive as the messages that they are")
  func framing() throws {
    let pipe = try TestPipe()
    let file = inode(of: pipe.write.raw)
    var random = SplitMix64(seed: 7)
    for _ in 0..<500 {
      let wire = try Wire(limit: 60)
      var stream = FramingModel(limit: 60)
      for _ in 0..<Int.random(in: 1...12, using: &random) {
        let bytes = (0..<Int.random(in: 1...20, using: &random)).map { _ in
          Int.random(in: 0...9, using: &random) == 0 ? 0 : UInt8(ascii: "x")
        }
        let count = Int.random(in: 0...3, using: &random) == 0 ? 1 : 0
        try wire.send(bytes, Array(repeating: pipe.write.raw, count: count))
        stream.send(bytes, Array(repeating: file, count: count))
        if Bool.random(using: &random) { continue }
        while true {
          let event = try wire.next()
          let expected = stream.next()
          guard expected.contains(event) else {
            Issue.record("\(event) where one of \(expected) was expected")
            return
          }
          if case .message = event { continue }
          break
        }
        if stream.isBroken { break }
      }
    }
  }

  /// Enough to find what random changes find, in a second or two of a debug build.
  private let cases = 20_000
}

/// What a reader must make of a stream: the rules of UAPI.20, without a socket.
private struct FramingModel {
  private var bytes: [UInt8] = []
  private var descriptors: [Int: [UInt64]] = [:]
  private let limit: Int
  private(set) var isBroken = false

  init(limit: Int) {
    self.limit = limit
  }

  mutating func send(_ sent: [UInt8], _ files: [UInt64]) {
    if !files.isEmpty { descriptors[bytes.count] = files }
    bytes += sent
  }

  /// What may come next. A message that breaks two rules may be refused for either: which is met
  /// first depends on how much can be read at once.
  mutating func next() -> [Wire.Event] {
    let end = bytes.firstIndex(of: 0)
    let known = end.map { $0 + 1 } ?? bytes.count
    var violations: [Wire.Event] = []
    if descriptors.keys.contains(where: { 0 < $0 && $0 < known }) {
      violations.append(.violation(.descriptorsInMidMessage))
    }
    if known > limit { violations.append(.violation(.messageTooLong)) }
    isBroken = !violations.isEmpty
    if isBroken { return violations }
    guard let end else { return [.wouldBlock] }
    let message = String(decoding: bytes[..<end], as: UTF8.self)
    let files = descriptors[0] ?? []
    bytes.removeSubrange(...end)
    descriptors = Dictionary(
      uniqueKeysWithValues: descriptors.filter { $0.key > end }.map { ($0.key - end - 1, $0.value) }
    )
    return [.message(message, descriptors: files)]
  }
}
