internal import Varlink

/// Text as Linux has it in arguments, environments and paths: any bytes but NUL, UTF-8 by custom only.
public struct OSString: Hashable, Sendable {
  /// Without the terminating NUL.
  public let bytes: [UInt8]

  /// `nil` if there is a NUL among the bytes: nothing behind it would reach the kernel.
  public init?(bytes: [UInt8]) {
    guard !bytes.contains(0) else { return nil }
    self.bytes = bytes
  }

  /// Bytes of which it is known that there is no NUL among them.
  init(unchecked bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// `nil` if there is a NUL in the text.
  public init?(_ text: String) {
    self.init(bytes: Array(text.utf8))
  }

  /// Whether it is valid UTF-8.
  var isText: Bool { (try? UTF8Span(validating: bytes.span)) != nil }

  /// The text where it is valid UTF-8.
  public var text: String? {
    String(validating: bytes, as: UTF8.self)
  }
}

extension OSString: ExpressibleByStringLiteral {
  public init(stringLiteral value: StaticString) {
    self.bytes = unsafe Array(
      UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
  }
}

extension OSString: CustomStringConvertible {
  /// For people: what is not UTF-8 shows as U+FFFD.
  public var description: String {
    String(decoding: bytes, as: UTF8.self)
  }
}

extension OSString {
  /// Reads the "...Base64" twin of a field.
  init(base64 json: JSON, at path: String) throws(BadValue) {
    guard case .string(let encoded) = json, let bytes = Base64.decode(encoded) else {
      throw BadValue(path, "is not base64")
    }
    guard let string = OSString(bytes: bytes) else {
      throw BadValue(path, "has a NUL byte in it, which nothing on Linux can carry")
    }
    self = string
  }

  /// Reads a field that is text.
  init(text json: JSON, at path: String) throws(BadValue) {
    guard case .string(let text) = json else { throw BadValue(path, "is not a string") }
    guard let string = OSString(text) else {
      throw BadValue(path, "has a NUL byte in it, which nothing on Linux can carry")
    }
    self = string
  }

  var base64: JSON { .string(Base64.encode(bytes)) }
}
