import JobProtocol
import Varlink

/// Makes replies of captured output: text where it is UTF-8, base64 where it isn't, and never a broken
/// code point: the beginning of one that isn't whole yet waits for the next piece.
nonisolated struct OutputEncoder {
  /// What is around the data: `{"continues":true,"parameters":{"output":{"stream":…`.
  private static let frameBytes = 128

  private let stream: OutputStream
  private var held: [UInt8] = []

  init(_ stream: OutputStream) {
    self.stream = stream
  }

  /// - Returns: An encoded reply; `nil` if there is nothing whole to say yet.
  mutating func encode(_ piece: [UInt8]) -> [UInt8]? {
    let bytes = held.isEmpty ? piece : held + piece
    let whole = bytes.count - bytes.incompleteTail
    if whole == 0 {
      held = bytes
      return nil
    }
    if let reply = textReply(bytes.span.extracting(first: whole)) {
      held = Array(bytes[whole...])
      return reply
    }
    held = []
    return base64Reply(bytes.span)
  }

  /// What was held back, now that nothing follows: it isn't UTF-8.
  mutating func flush() -> [UInt8]? {
    guard !held.isEmpty else { return nil }
    defer { held = [] }
    return base64Reply(held.span)
  }

  /// `nil` where the bytes aren't UTF-8.
  private func textReply(_ bytes: Span<UInt8>) -> [UInt8]? {
    var isText = false
    // Of text, one byte in sixteen is a newline or so, and escaped.
    let reply = reply(capacity: bytes.count + bytes.count / 16) { writer in
      writer.name("text")
      isText = writer.string(bytes)
    }
    return isText ? reply : nil
  }

  private func base64Reply(_ bytes: Span<UInt8>) -> [UInt8] {
    reply(capacity: Base64.encodedCount(of: bytes.count)) { writer in
      writer.name("base64")
      writer.base64(bytes)
    }
  }

  /// - Parameter capacity: Bytes that the data come to.
  private func reply(capacity: Int, _ data: (inout JSONWriter) -> Void) -> [UInt8] {
    let capacity = capacity + Self.frameBytes
    return Reply.encoded(.success(continues: true), capacity: capacity) { writer throws(Never) in
      writer.beginObject()
      writer.name("output")
      writer.beginObject()
      writer.name("stream")
      writer.string(stream.rawValue)
      data(&writer)
      writer.endObject()
      writer.endObject()
    }
  }
}

nonisolated extension [UInt8] {
  /// How many bytes at the end are the beginning of a code point that isn't whole. RFC 3629
  fileprivate var incompleteTail: Int {
    for length in 1...3 where length <= count {
      switch self[count - length] {
      case 0x80...0xbf: continue
      case 0xc2...0xdf: return length < 2 ? length : 0
      case 0xe0...0xef: return length < 3 ? length : 0
      case 0xf0...0xf4: return length < 4 ? length : 0
      default: return 0
      }
    }
    return 0
  }
}
