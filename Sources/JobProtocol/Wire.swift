public import Varlink

/// What has members on the wire.
public protocol WireMembers: Hashable, Sendable {
  /// Gives each of its members to `members`, in the order of the interface.
  func write(to members: inout some MemberSink & ~Copyable)
}

extension WireMembers {
  /// All of it as a value.
  public var wire: JSONObject {
    var object = JSONObject()
    write(to: &object)
    return object
  }
}

/// A type of the interface as a value of Swift.
///
/// Reading is strict about what is there and blind to what it doesn't know: a newer service may say
/// more. What a service *receives* is held against the interface description before it gets here.
public protocol WireObject: WireMembers {
  /// - Parameter path: where the object stands, for the error: `context.stop`.
  init(_ object: JSONObject, at path: String) throws(BadValue)
}

extension WireObject {
  public init(_ object: JSONObject) throws(BadValue) {
    try self.init(object, at: "")
  }
}

/// An enumeration of the interface.
public protocol WireEnum: RawRepresentable<String>, CaseIterable, Hashable, Sendable {}

/// Reads the members of an object, each with its path in the error.
struct Reader {
  let object: JSONObject
  let path: String

  func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  /// `nil` where the member is absent or null, which are the same to Varlink.
  func value(_ name: String) -> JSON? {
    switch object[name] {
    case nil, .null: nil
    case let value?: value
    }
  }

  func optional<T>(
    _ name: String, _ expected: String, _ convert: (JSON) -> T?
  ) throws(BadValue) -> T? {
    guard let value = value(name) else { return nil }
    guard let converted = convert(value) else {
      throw BadValue(path(of: name), "is not \(expected)")
    }
    return converted
  }

  func required<T>(_ name: String, _ value: T?) throws(BadValue) -> T {
    guard let value else { throw BadValue(path(of: name), "is missing") }
    return value
  }

  func optionalInt(_ name: String) throws(BadValue) -> Int? {
    try optional(name, "an integer") { if case .int(let value) = $0 { Int(value) } else { nil } }
  }

  func int(_ name: String) throws(BadValue) -> Int {
    try required(name, optionalInt(name))
  }

  func optionalBool(_ name: String) throws(BadValue) -> Bool? {
    try optional(name, "true or false") { if case .bool(let value) = $0 { value } else { nil } }
  }

  func bool(_ name: String) throws(BadValue) -> Bool {
    try required(name, optionalBool(name))
  }

  func optionalString(_ name: String) throws(BadValue) -> String? {
    try optional(name, "a string") { if case .string(let value) = $0 { value } else { nil } }
  }

  func string(_ name: String) throws(BadValue) -> String {
    try required(name, optionalString(name))
  }

  func optionalArray(_ name: String) throws(BadValue) -> [JSON]? {
    try optional(name, "an array") { if case .array(let value) = $0 { value } else { nil } }
  }

  func optionalMap(_ name: String) throws(BadValue) -> JSONObject? {
    try optional(name, "an object") { if case .object(let value) = $0 { value } else { nil } }
  }

  func optionalObject<T: WireObject>(_ name: String) throws(BadValue) -> T? {
    guard let object = try optionalMap(name) else { return nil }
    return try T(object, at: path(of: name))
  }

  func object<T: WireObject>(_ name: String) throws(BadValue) -> T {
    try required(name, optionalObject(name))
  }

  func optionalObjects<T: WireObject>(_ name: String) throws(BadValue) -> [T]? {
    guard let values = try optionalArray(name) else { return nil }
    var objects: [T] = []
    for value in values {
      guard case .object(let object) = value else {
        throw BadValue(path(of: name), "is not an array of objects")
      }
      objects.append(try T(object, at: path(of: name)))
    }
    return objects
  }

  /// `nil`, too, for a value that was added after this was written.
  func optionalEnum<T: WireEnum>(_ name: String) throws(BadValue) -> T? {
    try optionalString(name).flatMap { T(rawValue: $0) }
  }
}
