/// A value that is not what its interface declares.
public struct InterfaceMismatch: Error, Hashable, Sendable {
  public enum Problem: Hashable, Sendable {
    /// The interface declares no such field, method or error.
    case unknown
    /// It must be there, and is absent or null.
    case missing
    /// It is there and of another type, or a word that its enumeration hasn't.
    case wrongType
  }

  public var problem: Problem
  /// The fields from the parameters down to the one that is wrong, `context.stop.signal`. Elements
  /// of arrays and maps go by the name of the field that holds them.
  public var path: String

  /// A mismatch of the value itself, or of one of its fields.
  init(_ problem: Problem, in path: String = "") {
    self.problem = problem
    self.path = path
  }

  /// The same mismatch, seen from the object that holds the field.
  func inside(_ field: String) -> InterfaceMismatch {
    InterfaceMismatch(problem, in: path.isEmpty ? field : "\(field).\(path)")
  }
}

extension InterfaceMismatch: CustomStringConvertible {
  public var description: String {
    switch problem {
    case .unknown: "'\(path)' is not declared"
    case .missing: "'\(path)' is missing"
    case .wrongType: "'\(path)' is of the wrong type"
    }
  }
}
