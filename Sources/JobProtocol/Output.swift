public import Varlink

public enum OutputStream: String, WireEnum {
  case standardOutput = "standard_output"
  case standardError = "standard_error"
}

/// A piece of captured output.
public struct Output: WireObject {
  public var stream: OutputStream
  public var bytes: [UInt8]

  public init(stream: OutputStream, bytes: [UInt8]) {
    self.stream = stream
    self.bytes = bytes
  }

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    let reader = Reader(object: object, path: path)
    self.stream = try reader.required("stream", reader.optionalEnum("stream"))
    if let text = try reader.optionalString("text") {
      self.bytes = Array(text.utf8)
    } else {
      let base64 = try reader.string("base64")
      self.bytes = try reader.required("base64", Base64.decode(base64))
    }
  }

  /// Text where the bytes are UTF-8, else base64.
  public func write(to members: inout some MemberSink & ~Copyable) {
    members.set("stream", stream)
    if let text = String(validating: bytes, as: UTF8.self) {
      members.set("text", text)
    } else {
      members.set("base64", Base64.encode(bytes))
    }
  }
}
