import Glibc
import LinuxSystem

/// Where the service listens, and clients look for it.
enum SocketPath {
  /// What the environment says; else for root the machine's, for a user the one of the session.
  ///
  /// - Returns: `nil` for a user without `$XDG_RUNTIME_DIR`.
  static var standard: String? {
    if let path = unsafe getenv("JOBD_SOCKET") { return unsafe String(cString: path) }
    if geteuid() == 0 { return "/run/jobd/jobd.sock" }
    guard let directory = unsafe getenv("XDG_RUNTIME_DIR") else { return nil }
    return unsafe String(cString: directory) + "/jobd/jobd.sock"
  }

  /// A path without what the working directory has to say about it.
  static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let directory = unsafe getcwd(nil, 0) else { return path }
    defer { unsafe free(directory) }
    return unsafe String(cString: directory) + "/" + path
  }

  /// The directory of our own socket: for nobody else but the service's user.
  static func makeDirectory(of path: String) throws(SystemError) {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    try FileSystem.makeDirectory(String(path[..<slash]), permissions: 0o755)
  }

  /// Tells this service from others on the machine: of the socket's path, which only one can have.
  /// FNV-1a: it need not be secret, only short and the same every time.
  static func tag(_ path: String) -> String {
    let hash = path.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return String(hash, radix: 36)
  }
}
