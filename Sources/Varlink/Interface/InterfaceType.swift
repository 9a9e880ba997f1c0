/// The type of a value, as an interface declares it.
public indirect enum InterfaceType: Hashable, Sendable {
  case bool
  /// An integer from -2^63 to 2^63-1.
  case int
  /// A number.
  case float
  case string
  /// A JSON object with whatever members.
  case object
  /// Any JSON value but null.
  case any
  case structure([InterfaceDescription.Field])
  /// One of some words.
  case enumeration([EnumerationCase])
  /// `[]T`
  case array(InterfaceType)
  /// `[string]T`
  case map(InterfaceType)
  /// `?T`
  case nullable(InterfaceType)
  /// A type that the interface declares by this name.
  case named(String)

  /// One word of an enumeration.
  public struct EnumerationCase: Hashable, Sendable {
    public let name: String
    /// The comment above it, without the `#`; empty where there is none.
    public let documentation: String
  }
}

extension InterfaceType {
  /// A type by the keyword that stands for it.
  init?(keyword: String) {
    switch keyword {
    case "bool": self = .bool
    case "int": self = .int
    case "float": self = .float
    case "string": self = .string
    case "object": self = .object
    case "any": self = .any
    default: return nil
    }
  }
}
