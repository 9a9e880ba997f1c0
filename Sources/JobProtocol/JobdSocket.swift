public import Varlink

/// Where the service is looked for, and why there.
public struct JobdSocket: Hashable, Sendable {
  /// What named the address.
  public enum Origin: Hashable, Sendable {
    /// Whoever calls: an argument, an option.
    case argument
    /// The environment variable ``JobdSocket/variable``.
    case variable
    /// `$XDG_RUNTIME_DIR`: the service of this user.
    case runtimeDirectory
    /// The service of the system.
    case system

    /// The environment variable that it is, as people write it.
    public var variableName: String? {
      switch self {
      case .variable: "$\(JobdSocket.variable)"
      case .runtimeDirectory: "$XDG_RUNTIME_DIR"
      case .argument, .system: nil
      }
    }
  }

  /// No address to be had.
  public enum Missing: Error, Hashable, Sendable {
    /// The text is not the address of a Unix socket.
    case notAnAddress(String, Origin)
    /// What is not UTF-8 no Varlink address can say: the bytes, with U+FFFD for those that aren't.
    case notText(String, Origin)
    /// A user who isn't root, and neither `$JOBD_SOCKET` nor `$XDG_RUNTIME_DIR`.
    case noRuntimeDirectory
  }

  public let address: ServiceAddress
  public let origin: Origin

  /// Set in the environment of every job.
  public static let variable = "JOBD_SOCKET"

  /// The first of: `argument`, `$JOBD_SOCKET`, `/run/jobd/jobd.sock` for root,
  /// `$XDG_RUNTIME_DIR/jobd/jobd.sock` for everybody else. A variable that is empty is not set.
  ///
  /// - Parameters:
  ///   - argument: a path or a Varlink address, `unix:/path`, which has to be UTF-8 like that of a variable.
  ///   - uid: the effective user id of the caller.
  ///   - environment: the value of a variable.
  public init(
    argument: [UInt8]?, uid: UInt32, environment: (String) -> [UInt8]?
  ) throws(Missing) {
    if let argument {
      try self.init(argument, .argument)
    } else if let value = environment(Self.variable), !value.isEmpty {
      try self.init(value, .variable)
    } else if uid == 0 {
      try self.init("/run/jobd/jobd.sock", .system)
    } else if let directory = environment("XDG_RUNTIME_DIR"), !directory.isEmpty {
      try self.init(directory, .runtimeDirectory, followedBy: "/jobd/jobd.sock")
    } else {
      throw .noRuntimeDirectory
    }
  }

  private init(
    _ bytes: [UInt8], _ origin: Origin, followedBy suffix: String = ""
  ) throws(Missing) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .notText(String(decoding: bytes, as: UTF8.self), origin)
    }
    try self.init(text + suffix, origin)
  }

  private init(_ text: String, _ origin: Origin) throws(Missing) {
    guard let address = ServiceAddress(text) else { throw .notAnAddress(text, origin) }
    self.address = address
    self.origin = origin
  }
}
