import Testing
import Varlink

@Suite("JSON is parsed strictly")
struct JSONParserTests {
  @Test(
    "A document is read as the value that it says",
    arguments: [
      ("null", .null), ("true", .bool(true)), ("false", .bool(false)),
      ("0", .int(0)), ("-0", .int(0)), ("7", .int(7)), ("-12", .int(-12)),
      ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
      ("9223372036854775808", .unsigned(1 << 63)), ("18446744073709551615", .unsigned(.max)),
      ("18446744073709551616", .double(0x1p64)),
      ("-9223372036854775809", .double(-0x1p63)),
      ("1.5", .double(1.5)), ("-0.25e2", .double(-25)), ("1E+2", .double(100)),
      ("1e-400", .double(0)), ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)),
      ("\"\"", .string("")), ("\"a\u{7F}b\"", .string("a\u{7F}b")), ("\"ä€😀\"", .string("ä€😀")),
      (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")),
      (#""\u0041\u00e4\u20AC\ud83d\ude00\u0000""#, .string("Aä€😀\0")),
      ("[]", .array([])), ("[1,[2],\"\"]", .array([.int(1), .array([.int(2)]), .string("")])),
      ("{}", .object([:])), (#"{"a":{"b":null}}"#, .object(["a": .object(["b": .null])])),
      (" \t\r\n{ \"a\" : [ 1 , 2 ] } \n", .object(["a": .array([.int(1), .int(2)])])),
    ] as [(String, JSON)])
  func accepted(document: String, value: JSON) throws {
    #expect(try JSON(parsing: document.utf8) == value)
  }

  @Test(
    "What RFC 8259 doesn't allow is refused, with its place",
    arguments: [
      ("", 0), (" ", 1), ("nul", 0), ("nulL", 0), ("True", 0), ("nullx", 4), ("1 2", 2),
      ("01", 1), ("-", 1), ("+1", 0), (".5", 0), ("1.", 2), ("1.e1", 2), ("1e", 2), ("1e+", 3),
      ("0x10", 1), ("NaN", 0), ("Infinity", 0), ("-Infinity", 1), ("1e999", 0), ("-1e999", 0),
      ("\"", 1), ("\"a", 2), ("\"\n\"", 1), ("\"\t\"", 1), ("\"\0\"", 1), (#""\"#, 2),
      (#""\x""#, 2), (#""\u12"#, 5), (#""\u12g4""#, 5), ("'a'", 0),
      (#""\ud800""#, 3), (#""\udc00""#, 3), (#""\ud800\u0041""#, 3), (#""\ud800\ud800""#, 3),
      (#""\ud800x""#, 3),
      ("[", 1), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3), ("]", 0),
      ("{", 1), ("{,}", 1), ("{a:1}", 1), (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{"a":1,}"#, 7),
      (#"{"a":1 "b":2}"#, 7), (#"{1:2}"#, 1), ("{]", 1), ("[}", 1),
      ("// a\n1", 0), ("/**/1", 0), ("\u{FEFF}1", 0), ("1\0", 1), ("\u{A0}1", 0),
    ])
  func rejected(document: String, offset: Int) {
    #expect { try JSON(parsing: document.utf8) } throws: { error in
      (error as? JSONSyntaxError)?.offset == offset
    }
  }

  @Test(
    "A string that is not UTF-8 is refused",
    arguments: [
      [0xFF], [0x80], [0xC3], [0xC3, 0x28], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80],
      [0xF5, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE0, 0x80, 0xAF],
    ] as [[UInt8]])
  func invalidUTF8(bytes: [UInt8]) {
    for document in [[0x22] + bytes + [0x22], Array(#""\n"#.utf8) + bytes + [0x22]] {
      #expect { try JSON(parsing: document) } throws: { error in
        (error as? JSONSyntaxError)?.problem == .invalidUTF8
      }
    }
  }

  @Test("Two members of one name are refused, also when an escape hides it, and among many")
  func duplicateNames() throws {
    let many = (0..<1000).map { "\"n\($0)\":0" }.joined(separator: ",")
    #expect(try JSON(parsing: "{\(many)}".utf8).object?.members.count == 1000)
    for duplicate in [#"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, "{\(many),\"n3\":0}"] {
      #expect(throws: JSONSyntaxError.self) { try JSON(parsing: duplicate.utf8) }
    }
    // One name in two spellings, as String compares: else the object's names were not unique.
    #expect(throws: JSONSyntaxError.self) {
      try JSON(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}".utf8)
    }
  }

  @Test("Nesting is allowed to its limit and refused beyond, arrays and objects alike")
  func nesting() throws {
    func arrays(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    func objects(_ depth: Int) -> String {
      String(repeating: #"{"a":"#, count: depth) + "0" + String(repeating: "}", count: depth)
    }
    let limit = VarlinkLimits.nestingDepth
    for nested in [arrays, objects] {
      #expect(throws: Never.self) { try JSON(parsing: nested(limit).utf8) }
      #expect(throws: JSONSyntaxError.self) { try JSON(parsing: nested(limit + 1).utf8) }
    }
    #expect(throws: JSONSyntaxError.self) {
      try JSON(parsing: [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000))
    }
  }

  @Test("The number of values and the length of a number are bounded")
  func bounds() throws {
    let limit = VarlinkLimits.valuesPerDocument
    func zeros(_ count: Int) -> String { "[\(String(repeating: "0,", count: count - 1))0]" }
    #expect(try JSON(parsing: zeros(limit - 1).utf8).array?.count == limit - 1)
    #expect(throws: JSONSyntaxError(.tooManyValues, at: 2 * limit - 1)) {
      try JSON(parsing: zeros(limit).utf8)
    }
    let digits = "0." + String(repeating: "1", count: VarlinkLimits.numberBytes - 2)
    #expect(throws: Never.self) { try JSON(parsing: digits.utf8) }
    #expect(throws: JSONSyntaxError(.numberTooLong, at: 0)) {
      try JSON(parsing: (digits + "1").utf8)
    }
  }

  @Test("Members keep their order, and accessors take null for absence")
  func accessors() throws {
    let document = #"{"z":1,"a":"x","n":null,"b":true,"l":["p","q"],"m":[1],"o":{},"d":2}"#
    let object = try #require(JSON(parsing: document.utf8).object)
    #expect(object.members.map(\.name) == ["z", "a", "n", "b", "l", "m", "o", "d"])
    #expect(object.int("z") == 1 && object.string("z") == nil)
    #expect(object.string("a") == "x" && object.int("a") == nil)
    #expect(object.string("n") == nil && object.object("n") == nil)
    #expect(object.bool("b") == true && object.bool("none") == nil)
    #expect(object.strings("l") == ["p", "q"] && object.strings("m") == nil)
    #expect(object.object("o") == [:] && object.double("d") == 2)
  }
}
