/// Text that doesn't describe an interface.
public struct InterfaceSyntaxError: Error, Hashable, Sendable {
  /// What was wrong.
  public enum Problem: Hashable, Sendable {
    /// Something else had to stand here.
    case expected(String)
    /// The name was declared before, in the interface, the struct or the enum.
    case duplicateName(String)
    /// A reference to a type that isn't declared.
    case undefinedType(String)
    /// Deeper than ``VarlinkLimits/typeDepth``.
    case tooDeep
  }

  public var problem: Problem
  /// The line, counted from 1.
  public var line: Int
  /// The column in bytes, counted from 1.
  public var column: Int

  public init(_ problem: Problem, line: Int, column: Int) {
    self.problem = problem
    self.line = line
    self.column = column
  }
}

extension InterfaceSyntaxError: CustomStringConvertible {
  /// `line 3, column 14: expected ':'`
  public var description: String {
    let problem =
      switch self.problem {
      case .expected(let what): "expected \(what)"
      case .duplicateName(let name): "'\(name)' is declared twice"
      case .undefinedType(let name): "no type is named '\(name)'"
      case .tooDeep: "types nested deeper than \(VarlinkLimits.typeDepth) levels"
      }
    return "line \(line), column \(column): \(problem)"
  }
}
