/// A JSON value (RFC 8259), as Varlink messages are made of.
public enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  /// A number without fraction or exponent that fits 64 bits with a sign.
  case int(Int64)
  /// A number without fraction or exponent above `Int64.max`.
  case unsigned(UInt64)
  /// Any other number. Never NaN or infinite: JSON can't say them.
  case double(Double)
  case string(String)
  case array([JSON])
  case object(JSONObject)
}

/// A JSON object whose members keep their order and whose names are unique.
public struct JSONObject: Hashable, Sendable {
  public struct Member: Hashable, Sendable {
    public var name: String
    public var value: JSON

    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  public private(set) var members: [Member]

  public init() {
    self.members = []
  }

  /// Wraps members whose names the caller knows to be unique.
  public init(uniqueMembers members: [Member]) {
    self.members = members
  }

  public var isEmpty: Bool { members.isEmpty }

  /// Adds a member, whose name the caller knows to be new.
  public mutating func append(_ name: String, _ value: JSON) {
    members.append(Member(name, value))
  }

  /// The value of the member of that name; `nil` where there is none.
  /// Setting `nil` removes the member; a new member goes last.
  public subscript(_ name: String) -> JSON? {
    get { members.first { $0.name == name }?.value }
    set {
      let index = members.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(name, value))
      case (nil, nil): break
      }
    }
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// The names of a literal must be unique.
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self.init(uniqueMembers: elements.map { Member($0.0, $0.1) })
  }
}
