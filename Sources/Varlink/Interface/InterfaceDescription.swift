/// An interface: its description as text, and what the text declares.
///
/// The text is the only source: it is what clients are served, word for word, and what calls are
/// checked against.
public struct InterfaceDescription: Sendable {
  /// The text that was parsed.
  public let source: String
  /// The qualified name: `io.jobd`.
  public let name: String
  /// The comment above the interface, without the `#`; empty where there is none.
  public let documentation: String
  /// Types, methods and errors in the order of the text.
  public let declarations: [Declaration]

  private let indices: [String: Int]

  /// Parses a description and checks that it means something: each name declared once, each
  /// reference to a type that is there.
  ///
  /// - Throws: ``InterfaceSyntaxError``, with line and column.
  public init(
    parsing source: String, grammar: Grammar = .portable
  ) throws(InterfaceSyntaxError) {
    var parser = InterfaceParser(source, grammar)
    let parsed = try parser.interface()
    self.source = source
    self.name = parsed.name
    self.documentation = parsed.documentation
    self.declarations = parsed.declarations
    self.indices = parsed.indices
  }

  /// The declaration of that name.
  public subscript(_ name: String) -> Declaration? { indices[name].map { declarations[$0] } }

  /// The definition of a type; `nil` where no type has that name.
  public func type(_ name: String) -> InterfaceType? {
    if case .type(let type)? = self[name]?.kind { type } else { nil }
  }

  /// The method of that name, without the interface's.
  public func method(_ name: String) -> Method? {
    if case .method(let method)? = self[name]?.kind { method } else { nil }
  }

  /// The parameters of an error, by its name without the interface's.
  public func error(_ name: String) -> [Field]? {
    if case .error(let fields)? = self[name]?.kind { fields } else { nil }
  }
}

extension InterfaceDescription {
  /// How much of the language of types is taken.
  public enum Grammar: Hashable, Sendable {
    /// What sd-varlink takes, which draws the line closer than the specification: arrays and maps
    /// hold no containers and nothing nullable, and no type is empty. Every parser in use reads it.
    case portable
    /// All of it: `[]?[string]T`, and `[string]()` for a set of strings.
    case full
  }

  /// One type, method or error. All three share one namespace.
  public struct Declaration: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
      case type(InterfaceType)
      case method(Method)
      case error([Field])
    }

    public let name: String
    /// The comment above it, without the `#`; empty where there is none.
    public let documentation: String
    public let kind: Kind
  }

  /// The parameters of a method's call and of its replies.
  public struct Method: Hashable, Sendable {
    public let input: [Field]
    public let output: [Field]
  }

  /// A named and typed member of a struct, a call, a reply or an error.
  public struct Field: Hashable, Sendable {
    public let name: String
    /// The comment above it, without the `#`; empty where there is none.
    public let documentation: String
    public let type: InterfaceType
  }
}
