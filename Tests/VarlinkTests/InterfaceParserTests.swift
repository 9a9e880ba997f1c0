import Testing
import Varlink

@Suite("An interface description is read as sd-varlink reads it")
struct InterfaceParserTests {
  @Test("A description declares types, methods and errors, each with its comment")
  func example() throws {
    let interface = try InterfaceDescription(parsing: exampleSource)
    #expect(interface.source == exampleSource)
    #expect(interface.name == "org.example.Thing-2.x")
    #expect(interface.documentation == "Things.\n\n  indented")
    #expect(interface.declarations.map(\.name) == ["State", "Thing", "Get", "Ping", "NoSuchThing"])
    #expect(interface["State"]?.documentation == "")
    #expect(interface["Get"]?.documentation == "Gets it.")
    guard case .enumeration(let cases) = interface.type("State") else {
      Issue.record("not an enumeration")
      return
    }
    #expect(cases.map(\.name) == ["on", "off_line"])
    #expect(cases.map(\.documentation) == ["", "Gone."])
    let get = try #require(interface.method("Get"))
    #expect(get.input.map(\.name) == ["id"] && get.input[0].type == .nullable(.int))
    #expect(get.output.map(\.type) == [.nullable(.array(.named("Thing")))])
    #expect(interface.method("Ping")?.input == [] && interface.method("Ping")?.output == [])
    #expect(interface.error("NoSuchThing")?.map(\.type) == [.int])
    #expect(interface.type("Get") == nil && interface.method("Thing") == nil)
    guard case .structure(let fields) = interface.type("Thing") else {
      Issue.record("not a struct")
      return
    }
    #expect(
      fields.map(\.type).dropLast(2) == [
        .bool, .float, .string, .object, .any, .map(.string), .nullable(.map(.named("State"))),
        .nullable(.named("Thing")),
      ])
  }

  @Test(
    "What is allowed is taken",
    arguments: [
      "", "type T (a: int)", "type T (a)", "type T (a, b)", "type T(a:?[]int)",
      "type T (a: ?[string]int)", "type T (a: [](b: int))", "type T (a: ?(b, c))",
      "type T (a: [string](b: int))", "type T (type: int, error: string, int: int)",
      "type T (a: T2)\ntype T2 (t: ?T)", "method M()->()", "method M(a: any) -> (a: any)",
      "error E ()", "error E (a: int)", "# c\n\n#d\nerror E () # e", "type T (a1B_2: int)",
      "type T (\n# one\na: int, # same line\n# two\nb: int\n# end\n)\n# end",
    ])
  func accepted(declarations: String) {
    #expect(throws: Never.self) {
      try InterfaceDescription(parsing: "interface a.b\n\(declarations)")
    }
  }

  @Test(
    "What sd-varlink or the grammar refuses is refused, with its place",
    arguments: [
      ("type T ()", 9, .expected("the name of a field")),
      ("type T (a: ())", 13, .expected("the name of a field")),
      ("type T (a: [string]())", 21, .expected("the name of a field")),
      ("type T (a: [][]int)", 14, .expected("a type")),
      ("type T (a: [][string]int)", 14, .expected("a type")),
      ("type T (a: [string][]int)", 20, .expected("a type")),
      ("type T (a: []?int)", 14, .expected("a type")),
      ("type T (a: ?[]?int)", 15, .expected("a type")),
      ("type T (a: ??int)", 13, .expected("a type")),
      ("type T (a: [int]int)", 12, .expected("a type")),
      ("type T (a: integer)", 12, .expected("a type")),
      ("type T (a: U)", 12, .undefinedType("U")),
      ("method M() -> ()\ntype T (a: M)", 12, .undefinedType("M")),
      ("type T (a: int, a: int)", 17, .duplicateName("a")),
      ("type T (a, b, a)", 15, .duplicateName("a")),
      ("type T (a: int, b)", 18, .expected("':'")),
      ("type T (a, b: int)", 13, .expected("')'")),
      ("type T (a: int,)", 16, .expected("the name of a field")),
      ("type T (a,)", 11, .expected("the name of a field")),
      ("type T (a-b, c)", 9, .expected("the name of a field")),
      ("type T (a__b: int)", 9, .expected("the name of a field")),
      ("type T (_a: int)", 9, .expected("the name of a field")),
      ("type T (a_: int)", 9, .expected("the name of a field")),
      ("type T (1a: int)", 9, .expected("the name of a field")),
      ("type T (ä: int)", 9, .expected("the name of a field")),
      ("type T int", 8, .expected("'('")),
      ("type t (a: int)", 6, .expected("a name that begins upper case")),
      ("type T_ (a: int)", 6, .expected("a name that begins upper case")),
      ("type T (a: int", 15, .expected("')'")),
      ("error E", 8, .expected("'('")),
      ("error E (a)", 9, .expected("fields with types")),
      ("method M()", 11, .expected("'->'")),
      ("method M() -> (a)", 15, .expected("fields with types")),
      ("method M(a, b) -> ()", 9, .expected("fields with types")),
      ("error E ()\nmethod E() -> ()", 1, .duplicateName("E")),
      ("interface a.c", 1, .expected("'type', 'method' or 'error'")),
      ("x", 1, .expected("'type', 'method' or 'error'")),
    ] as [(String, Int, InterfaceSyntaxError.Problem)])
  func rejected(declarations: String, column: Int, problem: InterfaceSyntaxError.Problem) {
    let lines = declarations.utf8.count { $0 == UInt8(ascii: "\n") }
    #expect(throws: InterfaceSyntaxError(problem, line: 2 + lines, column: column)) {
      try InterfaceDescription(parsing: "interface a.b\n\(declarations)")
    }
  }

  @Test(
    "What only the specification allows is taken where that is asked for",
    arguments: [
      ("[][]int", .array(.array(.int))), ("[]?int", .array(.nullable(.int))),
      ("?[]?[string]int", .nullable(.array(.nullable(.map(.int))))),
      ("[string]()", .map(.structure([]))), ("()", .structure([])),
    ] as [(String, InterfaceType)])
  func fullGrammar(text: String, type: InterfaceType) throws {
    let source = "interface a.b method M(a: \(text)) -> ()"
    let interface = try InterfaceDescription(parsing: source, grammar: .full)
    #expect(interface.method("M")?.input.map(\.type) == [type])
    for refused in ["??int", "[int]int", "[]", "(a:)"] {
      #expect(throws: InterfaceSyntaxError.self) {
        try InterfaceDescription(
          parsing: "interface a.b error E (a: \(refused))", grammar: .full)
      }
    }
  }

  @Test(
    "A name of an interface has two parts or more",
    arguments: ["a.b", "io.systemd.Unit", "A.1", "a.b.c-d--e.f1", "org.varlink.service"])
  func interfaceName(name: String) throws {
    #expect(try InterfaceDescription(parsing: "interface \(name)").name == name)
  }

  @Test(
    "Other names are none of an interface",
    arguments: [
      "a", "", "a.", ".a", "a..b", "1a.b", "a.-b", "a.b-", "-a.b", "a_b.c", "a.b c", "ä.b",
    ])
  func notInterfaceName(name: String) {
    #expect(throws: InterfaceSyntaxError.self) {
      try InterfaceDescription(parsing: "interface \(name)")
    }
  }

  @Test("Types nest to the limit and no deeper")
  func nesting() {
    func nested(_ depth: Int) -> String {
      "interface a.b type T " + String(repeating: "(a: ", count: depth) + "int"
        + String(repeating: ")", count: depth)
    }
    #expect(throws: Never.self) {
      try InterfaceDescription(parsing: nested(VarlinkLimits.typeDepth))
    }
    #expect(throws: InterfaceSyntaxError.self) {
      try InterfaceDescription(parsing: nested(VarlinkLimits.typeDepth + 1))
    }
    for deep in [
      nested(100_000), "interface a.b error E (a: \(String(repeating: "[]", count: 99_999))",
    ] {
      #expect { try InterfaceDescription(parsing: deep, grammar: .full) } throws: { error in
        (error as? InterfaceSyntaxError)?.problem == .tooDeep
      }
    }
  }

  @Test("An error says where it is")
  func description() {
    let error = InterfaceSyntaxError(.expected("':'"), line: 3, column: 14)
    #expect("\(error)" == "line 3, column 14: expected ':'")
  }
}

private let exampleSource = """
  # A licence, which documents nothing.

  # Things.
  #
  #   indented
  interface org.example.Thing-2.x

  # Stray.

  type State ( on, # not of off_line
    # Gone.
    off_line )
  type Thing (
    a: bool, b: float, c: string, d: object, e: any, f: [string]string, g: ?[string]State,
    h: ?Thing, i: (x, y), j: [](k: int)
  )

  # Gets it.
  method Get(id: ?int) -> (things: ?[]Thing)
  method Ping() -> ()
  error NoSuchThing (id: int)

  """
