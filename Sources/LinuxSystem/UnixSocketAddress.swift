public import SystemPackage

/// The name of a Unix socket. unix(7)
public enum UnixSocketAddress: Hashable, Sendable {
  /// In the file system; of any length, sun_path's 108 bytes don't bound it.
  case path(FilePath)
  /// In the abstract namespace of Linux, without the NUL that it begins with there.
  case abstract(String)
}

extension UnixSocketAddress: CustomStringConvertible {
  /// `/run/jobd/jobd.sock`, `@name`
  public var description: String {
    switch self {
    case .path(let path): path.string
    case .abstract(let name): "@\(name)"
    }
  }
}

extension UnixSocketAddress {
  /// Lends the bytes as the C functions take them, ended by a NUL that `length` leaves out.
  func withName<Result>(_ body: (_ name: UnsafePointer<CChar>, _ length: Int) -> Result) -> Result {
    switch self {
    case .path(let path):
      unsafe path.withPlatformString { unsafe body($0, path.length) }
    case .abstract(let name):
      unsafe "\0\(name)".withCString { unsafe body($0, name.utf8.count + 1) }
    }
  }
}
