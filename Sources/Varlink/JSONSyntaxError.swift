/// Bytes that are not a JSON document, or not one that this module takes.
public struct JSONSyntaxError: Error, Hashable, Sendable {
  /// What was wrong.
  public enum Problem: Hashable, Sendable {
    /// Something else had to stand here.
    case expected(String)
    /// The document goes on after its value.
    case trailingBytes
    /// An object has two members of this name.
    case duplicateName(String)
    /// A string with bytes that are not UTF-8.
    case invalidUTF8
    /// A `\u` escape of half a surrogate pair.
    case loneSurrogate
    /// A number too large for a `Double`.
    case numberOutOfRange
    /// More digits than ``VarlinkLimits/numberBytes``.
    case numberTooLong
    /// Deeper than ``VarlinkLimits/nestingDepth``.
    case tooDeep
    /// More values than ``VarlinkLimits/valuesPerDocument``.
    case tooManyValues
  }

  public var problem: Problem
  /// Where, in bytes from the start.
  public var offset: Int

  public init(_ problem: Problem, at offset: Int) {
    self.problem = problem
    self.offset = offset
  }
}

extension JSONSyntaxError: CustomStringConvertible {
  /// `expected ':' at byte 12`
  public var description: String { "\(problem) at byte \(offset)" }
}

extension JSONSyntaxError.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .expected(let what): "expected \(what)"
    case .trailingBytes: "bytes after the end of the value"
    case .duplicateName(let name): "duplicate name '\(name)'"
    case .invalidUTF8: "invalid UTF-8"
    case .loneSurrogate: "half of a surrogate pair"
    case .numberOutOfRange: "number out of range"
    case .numberTooLong: "number of more than \(VarlinkLimits.numberBytes) bytes"
    case .tooDeep: "nested deeper than \(VarlinkLimits.nestingDepth) levels"
    case .tooManyValues: "more than \(VarlinkLimits.valuesPerDocument) values"
    }
  }
}
