/// Splits a description into words and signs, and collects the comments between them.
struct InterfaceLexer {
  private let bytes: [UInt8]
  private var position = 0
  /// The comment that ends on the line above the next token, its lines without `#`.
  private var comment: [String] = []

  init(_ source: String) {
    bytes = Array(source.utf8)
    skipSpace()
  }

  /// Where the next token begins, in bytes.
  var offset: Int { position }

  var isAtEnd: Bool { position == bytes.count }

  /// The comment above the next token.
  var documentation: String { comment.joined(separator: "\n") }

  /// Whether the next token begins with this byte.
  func isAt(_ byte: UInt8) -> Bool { position < bytes.count && bytes[position] == byte }

  /// Steps over the next sign if it is this one: `(`, `->`, `[]`.
  mutating func skip(_ sign: StaticString) -> Bool {
    let end = position + sign.utf8CodeUnitCount
    guard end <= bytes.count,
      sign.withUTF8Buffer({ unsafe bytes[position..<end].elementsEqual($0) })
    else { return false }
    position = end
    skipSpace()
    return true
  }

  /// The next word: letters, digits and the punctuation that names are made of. Empty where
  /// something else stands. Whether it is a name is for the caller to say.
  mutating func word() -> String {
    let start = position
    while position < bytes.count, Self.isWordByte(bytes[position]) { position += 1 }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    skipSpace()
    return word
  }

  /// Line and column of an offset, both from 1.
  func location(of offset: Int) -> (line: Int, column: Int) {
    let before = bytes[..<offset]
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return (before.count { $0 == UInt8(ascii: "\n") } + 1, offset - lineStart + 1)
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// Steps over white space and comments. A comment documents what follows if it has lines of its
  /// own and no empty line comes after it.
  private mutating func skipSpace() {
    comment = []
    var startsLine = position == 0
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
      case UInt8(ascii: "\n"):
        if startsLine { comment = [] }
        startsLine = true
        position += 1
      case UInt8(ascii: "#"):
        let line = commentLine()
        if startsLine { comment.append(line) }
        startsLine = true
      default: return
      }
    }
  }

  /// The text of a comment up to and with its newline, without `#` and one space after it.
  private mutating func commentLine() -> String {
    position += 1
    if position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
    let start = position
    let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    position = min(end + 1, bytes.count)
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}
