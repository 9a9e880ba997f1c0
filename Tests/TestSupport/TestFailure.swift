/// What a helper of the tests found to be wrong, as a sentence.
public struct TestFailure: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
