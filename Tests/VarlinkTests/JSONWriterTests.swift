import Testing
import Varlink

@Suite("JSON is written so that it reads back the same")
struct JSONWriterTests {
  @Test(
    "A value is written in one way, without white space",
    arguments: [
      "null", "true", "[false,-1,18446744073709551615,0.5]", #"{"a":{},"b":[[],[{}]]}"#,
      #""\"\\\b\f\n\r\t\u0000\u001f""#, "\"/ä€😀\u{7F}\"", "1e-05", "1.7976931348623157e+308",
    ])
  func roundTrip(document: String) throws {
    #expect(try "\(JSON(parsing: document.utf8))" == document)
  }

  @Test("What JSON can't say becomes null")
  func notFinite() {
    let values: [JSON] = [.double(.nan), .double(.infinity), .double(-.infinity)]
    #expect("\(JSON.array(values))" == "[null,null,null]")
  }

  @Test("A reserved byte is escaped wherever it stands, and no NUL is ever written")
  func escaping() throws {
    for length in 0..<20 {
      for position in 0...length {
        for reserved in Array<UInt8>(0..<0x20) + [0x22, 0x5C, 0x7F, 0x80 + 0x22, 0xFF] {
          var scalars = String.UnicodeScalarView(repeating: "a", count: length)
          scalars.insert(
            Unicode.Scalar(reserved), at: scalars.index(scalars.startIndex, offsetBy: position))
          let text = String(scalars)
          let bytes = JSON.string(text).encoded()
          #expect(!bytes.contains { $0 < 0x20 })
          #expect(try JSON(parsing: bytes) == .string(text))
        }
      }
    }
  }

  @Test("Bytes are text exactly where the standard library says so, wherever they stand")
  func validity() {
    // Every first byte, with second ones at and beside the bounds that there are, and what follows.
    let seconds: [UInt8] = [0x00, 0x61, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
    let ends: [[UInt8]] = [[], [0x80], [0xBF, 0x80], [0x80, 0x7F], [0x80, 0xC0], [0x61]]
    for first in UInt8.min...UInt8.max {
      for second in seconds {
        for end in ends {
          for before in [0, 6, 7] {
            let bytes = [UInt8](repeating: 0x61, count: before) + [first, second] + end
            expectSame(bytes)
            expectSame(bytes + Array("aaaaaaaa".utf8))
          }
        }
      }
    }
  }

  private func expectSame(_ bytes: [UInt8]) {
    var writer = JSONWriter()
    let isText = writer.string(bytes.span)
    let text = String(validating: bytes, as: UTF8.self)
    #expect(isText == (text != nil), "\(bytes)")
    if let text { #expect((try? JSON(parsing: writer.finish())) == .string(text), "\(bytes)") }
  }

  @Test("Text and data are written from bytes as they would be from strings")
  func streaming() {
    let text = Array("line \"1\"\nZeile ä\0".utf8)
    var writer = JSONWriter(appendingTo: Array("> ".utf8))
    writer.beginObject()
    writer.name("text")
    let isText = writer.string(text.span)
    #expect(isText)
    writer.name("data")
    writer.base64(text.span)
    writer.name("list")
    writer.array([.int(1), .bool(false)])
    writer.endObject()
    let written = String(decoding: writer.finish(), as: UTF8.self)
    #expect(
      written
        == #"> {"text":"line \"1\"\nZeile ä\u0000","data":"bGluZSAiMSIKWmVpbGUgw6QA","list":[1,false]}"#
    )
  }

  @Test("Text of nothing but what has to be escaped is written, too, however long it is")
  func escapedOnly() throws {
    let text = String(repeating: "\u{1}\"", count: 50_000)
    #expect(try JSON(parsing: JSON.string(text).encoded()) == .string(text))
  }

  @Test("Encoding appends to what is there")
  func appending() {
    var bytes = Array("x".utf8)
    JSON.int(1).encoded(into: &bytes)
    JSON.object(["a": .null]).encoded(into: &bytes)
    #expect(bytes == Array(#"x1{"a":null}"#.utf8))
  }
}
