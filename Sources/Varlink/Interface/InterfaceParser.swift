/// A recursive descent over a description: declarations here, types in an extension.
struct InterfaceParser {
  /// What a description says.
  struct Parsed {
    var name = ""
    var documentation = ""
    var declarations: [InterfaceDescription.Declaration] = []
    var indices: [String: Int] = [:]
  }

  let grammar: InterfaceDescription.Grammar
  var lexer: InterfaceLexer
  /// References to types, and where: they may come before what they refer to.
  var references: [(name: String, offset: Int)] = []

  init(_ source: String, _ grammar: InterfaceDescription.Grammar) {
    self.grammar = grammar
    lexer = InterfaceLexer(source)
  }

  mutating func interface() throws(InterfaceSyntaxError) -> Parsed {
    var parsed = Parsed()
    parsed.documentation = lexer.documentation
    let start = lexer.offset
    guard lexer.word() == "interface" else { throw error(.expected("'interface'"), at: start) }
    parsed.name = try name("the name of an interface", InterfaceNames.isInterface)
    while !lexer.isAtEnd {
      let start = lexer.offset
      let declaration = try declaration()
      guard parsed.indices.updateValue(parsed.declarations.count, forKey: declaration.name) == nil
      else { throw error(.duplicateName(declaration.name), at: start) }
      parsed.declarations.append(declaration)
    }
    try checkReferences(parsed)
    return parsed
  }

  private mutating func declaration() throws(InterfaceSyntaxError)
    -> InterfaceDescription.Declaration
  {
    let documentation = lexer.documentation
    let start = lexer.offset
    let keyword = lexer.word()
    guard ["type", "method", "error"].contains(keyword) else {
      throw error(.expected("'type', 'method' or 'error'"), at: start)
    }
    let name = try name("a name that begins upper case", InterfaceNames.isDeclaration)
    let kind: InterfaceDescription.Declaration.Kind
    switch keyword {
    case "type": kind = .type(try structureOrEnumeration(depth: 1))
    case "method": kind = .method(try method())
    default: kind = .error(try parameters())
    }
    return InterfaceDescription.Declaration(
      name: name, documentation: documentation, kind: kind)
  }

  private mutating func method() throws(InterfaceSyntaxError) -> InterfaceDescription.Method {
    let input = try parameters()
    try expect("->")
    return InterfaceDescription.Method(input: input, output: try parameters())
  }

  /// The fields of a call, a reply or an error, which unlike those of a type may be none.
  private mutating func parameters() throws(InterfaceSyntaxError)
    -> [InterfaceDescription.Field]
  {
    let start = lexer.offset
    switch try structureOrEnumeration(depth: 1, mayBeEmpty: true) {
    case .structure(let fields): return fields
    default: throw error(.expected("fields with types"), at: start)
    }
  }

  private func checkReferences(_ parsed: Parsed) throws(InterfaceSyntaxError) {
    for reference in references {
      guard let index = parsed.indices[reference.name],
        case .type = parsed.declarations[index].kind
      else { throw error(.undefinedType(reference.name), at: reference.offset) }
    }
  }

  // MARK: For all of the grammar

  mutating func name(
    _ what: String, _ isName: (String) -> Bool
  ) throws(InterfaceSyntaxError) -> String {
    let start = lexer.offset
    let word = lexer.word()
    guard isName(word) else { throw error(.expected(what), at: start) }
    return word
  }

  mutating func expect(_ sign: StaticString) throws(InterfaceSyntaxError) {
    guard lexer.skip(sign) else { throw error(.expected("'\(sign)'"), at: lexer.offset) }
  }

  func error(_ problem: InterfaceSyntaxError.Problem, at offset: Int) -> InterfaceSyntaxError {
    let (line, column) = lexer.location(of: offset)
    return InterfaceSyntaxError(problem, line: line, column: column)
  }
}
