import JobProtocol
import Testing

@Suite("What is too long is cut, and never within a code point")
struct AbridgingTests {
  @Test("Text is cut at the last whole code point", arguments: 0...12)
  func text(bytes: Int) {
    let text = "aé€😀b"
    let abridged = text.abridged(to: bytes)
    #expect(abridged.utf8.count <= bytes || abridged == text)
    #expect(text.hasPrefix(abridged))
    let ends = [0, 1, 3, 6, 10, 11]
    #expect(abridged.utf8.count == ends.last { $0 <= bytes })
    #expect(OSString(text)?.abridged(to: bytes) == OSString(abridged))
  }

  @Test("What is not UTF-8 is cut all the same", arguments: 0...6)
  func bytes(count: Int) throws {
    let bytes = [UInt8](repeating: 0x80, count: 6)
    let abridged = try #require(OSString(bytes: bytes)).abridged(to: count)
    #expect(abridged.bytes.count <= count)
    #expect(abridged.bytes.count >= count - 3)
  }

  @Test("A command that was cut comes back from the wire as it was sent, in base64, too")
  func wire() throws {
    let binary = try #require(OSString(bytes: [UInt8](repeating: 0xff, count: 100)))
    let context = JobContext(command: ["cat", binary]).abridged(to: 50)
    #expect(context.isTruncated)
    #expect(try JobContext(context.wire) == context)
  }
}
