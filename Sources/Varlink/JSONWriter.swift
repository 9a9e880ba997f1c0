/// Writes JSON as bytes, without whitespace, straight from where the data is.
///
/// What it writes is well-formed if the calls are: each value of an object after its ``name(_:)``,
/// each `begin…` with its `end…`. Text is escaped, control characters included, so a NUL byte never
/// occurs in what was written.
public struct JSONWriter: ~Copyable {
  /// What has been written so far, after what the writer was given to append to.
  public private(set) var bytes: [UInt8]
  /// Whether a value stands before the next one at this level.
  private var needsComma = false

  /// Appends to `bytes`, whose storage is taken over.
  public init(appendingTo bytes: consuming [UInt8] = []) {
    self.bytes = bytes
  }

  /// The bytes, and the end of writing.
  public consuming func finish() -> [UInt8] { bytes }

  // MARK: Containers

  public mutating func beginObject() { begin(UInt8(ascii: "{")) }
  public mutating func endObject() { end(UInt8(ascii: "}")) }
  public mutating func beginArray() { begin(UInt8(ascii: "[")) }
  public mutating func endArray() { end(UInt8(ascii: "]")) }

  /// The name of the member whose value comes next.
  public mutating func name(_ name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  // MARK: Values

  public mutating func null() { token("null") }
  public mutating func bool(_ value: Bool) { token(value ? "true" : "false") }
  public mutating func int(_ value: Int64) {
    separate()
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    digits(of: value.magnitude)
  }
  public mutating func unsigned(_ value: UInt64) {
    separate()
    digits(of: value)
  }

  /// Null where the value is not finite: JSON can't say it.
  public mutating func double(_ value: Double) {
    token(value.isFinite ? value.description : "null")
  }

  public mutating func string(_ value: String) {
    var value = value
    separate()
    bytes.append(UInt8(ascii: "\""))
    value.withUTF8 { _ = unsafe JSONEscaping.append($0, to: &bytes) }
    bytes.append(UInt8(ascii: "\""))
  }

  /// A string of bytes that are nowhere a `String` yet, such as a job's output.
  ///
  /// - Returns: Whether they are UTF-8. If not, what was written is to be thrown away.
  public mutating func string(_ text: Span<UInt8>) -> Bool {
    separate()
    bytes.append(UInt8(ascii: "\""))
    let count = unsafe text.withUnsafeBufferPointer { unsafe JSONEscaping.append($0, to: &bytes) }
    bytes.append(UInt8(ascii: "\""))
    return count == text.count
  }

  /// A string with the base64 of `data`, as Varlink interfaces carry binary data.
  public mutating func base64(_ data: Span<UInt8>) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    Base64.append(data, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  public mutating func array(_ elements: [JSON]) {
    beginArray()
    for element in elements { value(element) }
    endArray()
  }

  public mutating func object(_ object: JSONObject) {
    beginObject()
    for member in object.members {
      name(member.name)
      value(member.value)
    }
    endObject()
  }

  public mutating func value(_ value: JSON) {
    switch value {
    case .null: null()
    case .bool(let value): bool(value)
    case .int(let value): int(value)
    case .unsigned(let value): unsigned(value)
    case .double(let value): double(value)
    case .string(let value): string(value)
    case .array(let elements): array(elements)
    case .object(let value): object(value)
    }
  }

  /// A member whose value `body` writes; no member where it writes nothing.
  mutating func optionalMember<Failure: Error>(
    _ name: String, _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    let (before, neededComma) = (bytes.count, needsComma)
    self.name(name)
    let start = bytes.count
    try body(&self)
    guard bytes.count == start else { return }
    bytes.removeSubrange(before...)
    needsComma = neededComma
  }

  // MARK: Parts

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func begin(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func end(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func digits(of value: UInt64) {
    let first = bytes.count
    var rest = value
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    bytes[first...].reverse()
  }

  private mutating func token(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
  }
}

extension JSON {
  /// Appends the value as JSON without whitespace.
  public func encoded(into bytes: inout [UInt8]) {
    var writer = JSONWriter(appendingTo: exchange(&bytes, with: []))
    writer.value(self)
    bytes = writer.finish()
  }

  /// The value as JSON without whitespace.
  public func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.value(self)
    return writer.finish()
  }
}

extension JSON: CustomStringConvertible {
  /// The value as JSON without whitespace.
  public var description: String { String(decoding: encoded(), as: UTF8.self) }
}

extension JSONObject: CustomStringConvertible {
  /// The object as JSON without whitespace.
  public var description: String { JSON.object(self).description }
}
