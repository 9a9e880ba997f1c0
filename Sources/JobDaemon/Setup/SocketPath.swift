import JobProtocol
import LinuxSystem
import Varlink

/// Where the service listens.
enum SocketPath {
  /// The path that clients look at, unless it is given.
  static func find(_ given: String?) throws(DaemonError) -> String {
    let socket: JobdSocket
    do {
      socket = try JobdSocket(
        argument: given.map { Array($0.utf8) }, uid: ProcessContext.userID,
        environment: ProcessContext.variable)
    } catch {
      throw DaemonError(missing: error)
    }
    guard case .path(let path) = socket.address else {
      throw DaemonError(
        "an abstract socket has no permissions, and everybody could connect: give a path with --socket"
      )
    }
    return try absolute(path)
  }

  /// A path without what the working directory has to say about it.
  static func absolute(_ path: String) throws(DaemonError) -> String {
    if path.hasPrefix("/") { return path }
    let advice = "give an absolute path with --socket"
    let directory: [UInt8]
    do throws(SystemError) {
      directory = try ProcessContext.workingDirectory()
    } catch {
      throw DaemonError("the working directory can't be told (\(error)): \(advice)")
    }
    guard let text = String(validating: directory, as: UTF8.self) else {
      let shown = String(decoding: directory, as: UTF8.self)
      throw DaemonError("the path of the working directory, '\(shown)', is not UTF-8: \(advice)")
    }
    return text + "/" + path
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

extension DaemonError {
  fileprivate init(missing: JobdSocket.Missing) {
    switch missing {
    case .noRuntimeDirectory:
      self.init("no path for the socket: $XDG_RUNTIME_DIR is not set; give one with --socket")
    case .notAnAddress(let text, _):
      self.init("'\(text)' is not the path of a socket")
    case .notText(let text, let origin):
      self.init(
        "\(origin.variableName ?? "--socket"): '\(text)' is not UTF-8: give another path with --socket"
      )
    }
  }
}
