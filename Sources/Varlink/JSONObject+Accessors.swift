extension JSON {
  /// The string, if it is one.
  public var string: String? { if case .string(let value) = self { value } else { nil } }

  /// The integer, if it is one of 64 bits with a sign.
  public var int: Int64? { if case .int(let value) = self { value } else { nil } }

  /// The number as a float, if it is one; integers above 2^53 are rounded.
  public var double: Double? {
    switch self {
    case .double(let value): value
    case .int(let value): Double(value)
    case .unsigned(let value): Double(value)
    default: nil
    }
  }

  /// The truth value, if it is one.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The elements, if it is an array.
  public var array: [JSON]? { if case .array(let value) = self { value } else { nil } }

  /// The object, if it is one.
  public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
}

/// For parameters that have been validated against their interface: there, `nil` means that the
/// member is absent or null, and nothing else.
extension JSONObject {
  /// The member as a string; `nil` where it is absent, null or of another type.
  public func string(_ name: String) -> String? { self[name]?.string }

  /// The member as an integer; `nil` where it is absent, null or of another type.
  public func int(_ name: String) -> Int64? { self[name]?.int }

  /// The member as a float; `nil` where it is absent, null or of another type.
  public func double(_ name: String) -> Double? { self[name]?.double }

  /// The member as a truth value; `nil` where it is absent, null or of another type.
  public func bool(_ name: String) -> Bool? { self[name]?.bool }

  /// The member as an array; `nil` where it is absent, null or of another type.
  public func array(_ name: String) -> [JSON]? { self[name]?.array }

  /// The member as an object; `nil` where it is absent, null or of another type.
  public func object(_ name: String) -> JSONObject? { self[name]?.object }

  /// The member as an array of strings; `nil` where it is absent, null or has other elements.
  public func strings(_ name: String) -> [String]? {
    guard let elements = array(name) else { return nil }
    var strings: [String] = []
    strings.reserveCapacity(elements.count)
    for element in elements {
      guard let string = element.string else { return nil }
      strings.append(string)
    }
    return strings
  }
}
