internal import JobProtocol
internal import LinuxSystem

/// The environment of a job.
public struct Environment: Sendable, Hashable {
  private let inherits: Bool
  /// `nil` for what is not to be there.
  private var updates: [String: String?]

  /// This process's own.
  public static let inherit = Environment(inherits: true, updates: [:])

  /// These variables and no others. To run a job with a name that is empty or has a `=` in it is an error,
  /// ``JobClientError/refused(_:)``.
  public static func custom(_ variables: [String: String]) -> Environment {
    Environment(inherits: false, updates: variables.mapValues(Optional.some))
  }

  /// With some variables set, and those removed whose value is `nil`.
  public func updating(_ variables: [String: String?]) -> Environment {
    var environment = self
    environment.updates.merge(variables) { $1 }
    return environment
  }

  /// Each variable as `NAME=value`.
  ///
  /// - Throws: In the words of the service, for what can't be a variable's name.
  func entries() throws(JobClientError) -> [[UInt8]] {
    for name in updates.keys.sorted() where name.isEmpty || name.utf8.contains(equals) {
      throw .refused(
        .badValue(BadValue("context.environment", "'\(name)' is not the name of a variable")))
    }
    var entries = inherits ? ProcessContext.environment : []
    // What is not NAME=value no program can see, and jobd doesn't take.
    entries.removeAll { entry in
      guard let name = Self.name(of: entry) else { return true }
      return updates.keys.contains { name.elementsEqual($0.utf8) }
    }
    for (name, value) in updates.sorted(by: { $0.key < $1.key }) {
      if let value { entries.append(Array("\(name)=\(value)".utf8)) }
    }
    return entries
  }

  private static func name(of entry: [UInt8]) -> ArraySlice<UInt8>? {
    guard let end = entry.firstIndex(of: equals), end > 0 else { return nil }
    return entry[..<end]
  }
}

private let equals = UInt8(ascii: "=")
