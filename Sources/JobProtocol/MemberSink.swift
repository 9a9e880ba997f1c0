public import Varlink

/// Where the members of an object go: into a value that is looked into, or straight into a message, which takes
/// the service a third of the time. Each name is new to it.
public protocol MemberSink: ~Copyable {
  mutating func member(_ name: String, _ value: Int)
  mutating func member(_ name: String, _ value: Bool)
  mutating func member(_ name: String, _ value: String)
  /// An array of strings, each of which is text.
  mutating func member(_ name: String, texts: [OSString])
  mutating func member(_ name: String, _ value: JSON)
  mutating func member(_ name: String, _ value: some WireMembers)
  mutating func member(_ name: String, _ values: [some WireMembers])
}

extension MemberSink where Self: ~Copyable {
  /// A member, unless there is nothing to say.
  mutating func set(_ name: String, _ value: Int?) {
    if let value { member(name, value) }
  }

  mutating func set(_ name: String, _ value: Bool?) {
    if let value { member(name, value) }
  }

  mutating func set(_ name: String, _ value: String?) {
    if let value { member(name, value) }
  }

  mutating func set(_ name: String, _ value: (some WireEnum)?) {
    if let value { member(name, value.rawValue) }
  }

  mutating func set(_ name: String, _ value: (some WireMembers)?) {
    if let value { member(name, value) }
  }

  mutating func set(_ name: String, _ values: [some WireMembers]?) {
    if let values { member(name, values) }
  }
}

extension JSONObject: MemberSink {
  public mutating func member(_ name: String, _ value: Int) { append(name, .int(Int64(value))) }
  public mutating func member(_ name: String, _ value: Bool) { append(name, .bool(value)) }
  public mutating func member(_ name: String, _ value: String) { append(name, .string(value)) }
  public mutating func member(_ name: String, texts: [OSString]) {
    append(name, .array(texts.map { .string($0.description) }))
  }
  public mutating func member(_ name: String, _ value: JSON) { append(name, value) }
  public mutating func member(_ name: String, _ value: some WireMembers) {
    append(name, .object(value.wire))
  }
  public mutating func member(_ name: String, _ values: [some WireMembers]) {
    append(name, .array(values.map { .object($0.wire) }))
  }
}

extension JSONWriter: MemberSink {
  public mutating func member(_ name: String, _ value: Int) {
    self.name(name)
    int(Int64(value))
  }

  public mutating func member(_ name: String, _ value: Bool) {
    self.name(name)
    bool(value)
  }

  public mutating func member(_ name: String, _ value: String) {
    self.name(name)
    string(value)
  }

  public mutating func member(_ name: String, texts: [OSString]) {
    self.name(name)
    beginArray()
    for text in texts { _ = string(text.bytes.span) }
    endArray()
  }

  public mutating func member(_ name: String, _ value: JSON) {
    self.name(name)
    self.value(value)
  }

  public mutating func member(_ name: String, _ value: some WireMembers) {
    self.name(name)
    object(value)
  }

  public mutating func member(_ name: String, _ values: [some WireMembers]) {
    self.name(name)
    beginArray()
    for value in values { object(value) }
    endArray()
  }

  fileprivate mutating func object(_ value: some WireMembers) {
    beginObject()
    value.write(to: &self)
    endObject()
  }
}

// For each by itself, so that the compiler makes a writer of its own for each: that of any type takes twice as long.

extension RunReply {
  /// The message that says it, its NUL included.
  ///
  /// - Parameter continues: More replies to the same call follow.
  public func encoded(continues: Bool) -> [UInt8] {
    Reply.encoded(.success(continues: continues)) { writer in writer.object(self) }
  }
}

extension ListReply {
  /// The message that says it, its NUL included.
  ///
  /// - Parameter continues: More replies to the same call follow.
  public func encoded(continues: Bool) -> [UInt8] {
    Reply.encoded(.success(continues: continues)) { writer in writer.object(self) }
  }
}
