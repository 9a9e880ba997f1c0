import JobProtocol
import Testing
import Varlink

@testable import JobDaemon

@MainActor
@Suite("Captured output as replies")
struct OutputEncoderTests {
  /// What a client makes of replies.
  private func decoded(_ replies: [[UInt8]]) throws -> [Output] {
    try replies.map { bytes in
      let reply = try Reply(parsing: bytes.dropLast())
      #expect(reply.continues)
      guard case .output(let output) = try RunReply(reply.parameters) else {
        throw BadValue("reply", "is no output")
      }
      return output
    }
  }

  private func encoded(_ pieces: [[UInt8]]) -> [[UInt8]] {
    var encoder = OutputEncoder(.standardOutput)
    var replies = pieces.compactMap { encoder.encode($0) }
    if let rest = encoder.flush() { replies.append(rest) }
    return replies
  }

  @Test("A code point that is cut at any byte arrives whole, as text")
  func cutCodePoints() throws {
    let text = Array("aß€😀z".utf8)
    for cut in 1..<text.count {
      let replies = encoded([Array(text[..<cut]), Array(text[cut...])])
      let outputs = try decoded(replies)
      #expect(outputs.flatMap(\.bytes) == text)
      for reply in replies { #expect(String(decoding: reply, as: UTF8.self).contains("\"text\":")) }
    }
  }

  @Test("Text that comes byte by byte arrives as text")
  func byteByByte() throws {
    let text = Array("€😀ß".utf8)
    let replies = encoded(text.map { [$0] })
    #expect(try decoded(replies).flatMap(\.bytes) == text)
    #expect(replies.count == 3)
  }

  @Test(
    "What isn't UTF-8 arrives byte for byte",
    arguments: [
      [0xff], [0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0x61, 0x80, 0x62], [0xc0, 0x80],
      [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0x00, 0x01, 0x7f], [0xf4, 0x90, 0x80, 0x80],
    ] as [[UInt8]])
  func binary(_ bytes: [UInt8]) throws {
    for cut in 0...bytes.count {
      let outputs = try decoded(encoded([Array(bytes[..<cut]), Array(bytes[cut...])]))
      #expect(outputs.flatMap(\.bytes) == bytes)
    }
  }

  @Test("Nothing is said of nothing")
  func nothing() {
    #expect(encoded([]).isEmpty)
    #expect(encoded([[]]).isEmpty)
  }
}
