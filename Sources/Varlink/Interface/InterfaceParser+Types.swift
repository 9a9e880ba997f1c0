extension InterfaceParser {
  /// `?T`, a container or an element; portably in this order, each at most once.
  mutating func type(depth: Int) throws(InterfaceSyntaxError) -> InterfaceType {
    if depth > VarlinkLimits.typeDepth { throw error(.tooDeep, at: lexer.offset) }
    if lexer.skip("?") { return .nullable(try container(depth: depth)) }
    return try container(depth: depth)
  }

  private mutating func container(depth: Int) throws(InterfaceSyntaxError) -> InterfaceType {
    if lexer.skip("[]") { return .array(try contained(depth: depth)) }
    if lexer.skip("[string]") { return .map(try contained(depth: depth)) }
    return try element(depth: depth)
  }

  private mutating func contained(depth: Int) throws(InterfaceSyntaxError) -> InterfaceType {
    switch grammar {
    case .portable: try element(depth: depth)
    case .full: try type(depth: depth + 1)
    }
  }

  private mutating func element(depth: Int) throws(InterfaceSyntaxError) -> InterfaceType {
    let start = lexer.offset
    if lexer.isAt(UInt8(ascii: "(")) {
      return try structureOrEnumeration(depth: depth + 1, mayBeEmpty: grammar == .full)
    }
    let word = lexer.word()
    if let type = InterfaceType(keyword: word) { return type }
    guard InterfaceNames.isDeclaration(word) else { throw error(.expected("a type"), at: start) }
    references.append((word, start))
    return .named(word)
  }

  /// `(a: int, b: string)` or `(a, b)`: the first colon, or its absence, decides.
  mutating func structureOrEnumeration(
    depth: Int, mayBeEmpty: Bool = false
  ) throws(InterfaceSyntaxError) -> InterfaceType {
    if depth > VarlinkLimits.typeDepth { throw error(.tooDeep, at: lexer.offset) }
    try expect("(")
    if mayBeEmpty, lexer.skip(")") { return .structure([]) }
    var fields: [InterfaceDescription.Field] = []
    var cases: [InterfaceType.EnumerationCase] = []
    var names: Set<String> = []
    repeat {
      let documentation = lexer.documentation
      let start = lexer.offset
      let name = try name("the name of a field", InterfaceNames.isField)
      guard names.insert(name).inserted else { throw error(.duplicateName(name), at: start) }
      if cases.isEmpty, lexer.skip(":") {
        fields.append(
          InterfaceDescription.Field(
            name: name, documentation: documentation, type: try type(depth: depth)))
      } else if fields.isEmpty {
        cases.append(InterfaceType.EnumerationCase(name: name, documentation: documentation))
      } else {
        throw error(.expected("':'"), at: lexer.offset)
      }
    } while lexer.skip(",")
    try expect(")")
    return cases.isEmpty ? .structure(fields) : .enumeration(cases)
  }
}
