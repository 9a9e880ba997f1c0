extension JSON {
  /// Parses one document: strict RFC 8259 in UTF-8, whitespace around it allowed, nothing else.
  ///
  /// Stricter than most: names must be unique (as `String` compares them, so that canonically
  /// equivalent names count as one), escapes must not leave half a surrogate pair, and the bounds of
  /// ``VarlinkLimits`` hold. Takes time linear in the number of bytes, whatever they are.
  ///
  /// - Throws: ``JSONSyntaxError``, with the first byte that could not be accepted.
  public init(parsing bytes: some Sequence<UInt8>) throws(JSONSyntaxError) {
    var parser = JSONParser(Array(bytes))
    self = try parser.document()
  }
}

/// A recursive descent over bytes; its depth is bounded. Strings and numbers are in extensions.
struct JSONParser {
  let bytes: [UInt8]
  var position = 0
  private var valuesLeft = VarlinkLimits.valuesPerDocument

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The byte at the position; at the end NUL, which has no meaning in JSON and no place in it.
  var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

  mutating func document() throws(JSONSyntaxError) -> JSON {
    skipWhitespace()
    let value = try value(depth: 0)
    skipWhitespace()
    if position < bytes.count { throw error(.trailingBytes) }
    return value
  }

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSON {
    if valuesLeft == 0 { throw error(.tooManyValues) }
    valuesLeft -= 1
    switch current {
    case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw error(.expected("a value"))
    }
  }

  private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONObject {
    if depth > VarlinkLimits.nestingDepth { throw error(.tooDeep) }
    position += 1
    skipWhitespace()
    if skip(UInt8(ascii: "}")) { return JSONObject() }
    var members: [JSONObject.Member] = []
    var names = UniqueNames()
    while true {
      guard current == UInt8(ascii: "\"") else { throw error(.expected("a name")) }
      let start = position
      let name = try string()
      guard names.insert(name, after: members) else {
        throw JSONSyntaxError(.duplicateName(name), at: start)
      }
      skipWhitespace()
      guard skip(UInt8(ascii: ":")) else { throw error(.expected("':'")) }
      skipWhitespace()
      members.append(JSONObject.Member(name, try value(depth: depth)))
      skipWhitespace()
      if skip(UInt8(ascii: "}")) { return JSONObject(uniqueMembers: members) }
      guard skip(UInt8(ascii: ",")) else { throw error(.expected("',' or '}'")) }
      skipWhitespace()
    }
  }

  private mutating func array(depth: Int) throws(JSONSyntaxError) -> [JSON] {
    if depth > VarlinkLimits.nestingDepth { throw error(.tooDeep) }
    position += 1
    skipWhitespace()
    if skip(UInt8(ascii: "]")) { return [] }
    var elements: [JSON] = []
    while true {
      elements.append(try value(depth: depth))
      skipWhitespace()
      if skip(UInt8(ascii: "]")) { return elements }
      guard skip(UInt8(ascii: ",")) else { throw error(.expected("',' or ']'")) }
      skipWhitespace()
    }
  }

  private mutating func literal(
    _ literal: StaticString, _ value: JSON
  ) throws(JSONSyntaxError) -> JSON {
    let end = position + literal.utf8CodeUnitCount
    let matches =
      end <= bytes.count
      && literal.withUTF8Buffer { unsafe bytes[position..<end].elementsEqual($0) }
    guard matches else { throw error(.expected("\(literal)")) }
    position = end
    return value
  }

  private mutating func skipWhitespace() {
    while true {
      switch current {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  /// Steps over `byte` if it stands here.
  mutating func skip(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }

  func error(_ problem: JSONSyntaxError.Problem) -> JSONSyntaxError {
    JSONSyntaxError(problem, at: position)
  }
}

/// The names of an object so far: compared one by one while they are few, hashed once they aren't.
/// `String` hashes with a seed of the process, so names can't be chosen to collide.
private struct UniqueNames {
  private static let few = 16
  private var hashed: Set<String> = []

  /// Whether `name` is none of the members'; remembered if so.
  mutating func insert(_ name: String, after members: [JSONObject.Member]) -> Bool {
    if members.count < Self.few { return !members.contains { $0.name == name } }
    if hashed.isEmpty { hashed = Set(members.map(\.name)) }
    return hashed.insert(name).inserted
  }
}
