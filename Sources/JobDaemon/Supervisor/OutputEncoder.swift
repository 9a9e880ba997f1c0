import JobProtocol
import Varlink

/// Makes replies of captured output: text where it is UTF-8, base64 where it isn't, and never a broken
/// code point: the beginning of one that isn't whole yet waits for the next piece.
struct OutputEncoder {
  private let stream: OutputStream
  private var held: [UInt8] = []

  init(_ stream: OutputStream) {
    self.stream = stream
  }

  /// - Returns: An encoded reply; `nil` if there is nothing whole to say yet.
  mutating func encode(_ piece: [UInt8]) -> [UInt8]? {
    let bytes = held.isEmpty ? piece : held + piece
    let whole = bytes.count - bytes.incompleteTail
    if let text = try? UTF8Span(validating: bytes.span.extracting(first: whole)) {
      held = Array(bytes[whole...])
      return whole == 0
        ? nil
        : reply {
          $0.name("text"); $0.string(text)
        }
    }
    held = []
    return reply {
      $0.name("base64"); $0.base64(bytes.span)
    }
  }

  /// What was held back, now that nothing follows: it isn't UTF-8.
  mutating func flush() -> [UInt8]? {
    guard !held.isEmpty else { return nil }
    defer { held = [] }
    return reply {
      $0.name("base64"); $0.base64(held.span)
    }
  }

  private func reply(_ data: (inout JSONWriter) -> Void) -> [UInt8] {
    Reply.encoded(.success(continues: true)) { writer throws(Never) in
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

extension [UInt8] {
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
