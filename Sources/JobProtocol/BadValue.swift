/// A value that has the right type and makes no sense, the error `io.jobd.BadValue`.
public struct BadValue: Error, Hashable, Sendable {
  /// Path of the field: `context.stop.signal`.
  public var parameter: String
  /// What is wrong and what would be right, to be read behind the name of the field.
  public var message: String

  public init(_ parameter: String, _ message: String) {
    self.parameter = parameter
    self.message = message
  }
}

extension BadValue: CustomStringConvertible {
  public var description: String { "\(parameter) \(message)" }
}
