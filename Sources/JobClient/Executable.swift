public import SystemPackage

/// What is executed.
public enum Executable: Sendable, Hashable {
  /// Looked up in the `PATH` of the job's environment.
  case name(String)
  /// A relative path is relative to the job's working directory.
  case path(FilePath)

  /// The first word of the command.
  var word: [UInt8] {
    switch self {
    case .name(let name): Array(name.utf8)
    // Without a slash it would be looked up.
    case .path(let path) where !path.bytes.contains(UInt8(ascii: "/")):
      Array("./".utf8) + path.bytes
    case .path(let path): path.bytes
    }
  }
}

extension FilePath {
  /// Without the NUL at its end.
  var bytes: [UInt8] {
    unsafe withPlatformString { unsafe Array(UnsafeRawBufferPointer(start: $0, count: length)) }
  }
}

/// What follows the name of the executable.
public struct Arguments: Sendable, Hashable {
  let bytes: [[UInt8]]

  public init(_ arguments: [String]) {
    bytes = arguments.map { Array($0.utf8) }
  }

  /// Arguments that need not be UTF-8, each without the NUL at its end.
  public init(bytes: [[UInt8]]) {
    self.bytes = bytes
  }
}

extension Arguments: ExpressibleByArrayLiteral {
  public init(arrayLiteral arguments: String...) {
    self.init(arguments)
  }
}
