import LinuxProcess
import LinuxSystem
import Logging
import SystemPackage

/// The sockets that the daemon serves: the service manager's, or one of its own with the files that go with
/// it.
final class Endpoint {
  /// Those of the service manager's, until they are served; empty for one of our own.
  private var passed: [SharedDescriptor]
  /// The right to the path of our own, until it is given up.
  private var lock: SocketLock?
  /// Should the daemon end without giving it up, the guardian removes the files: when it has seen to
  /// what they stand for.
  private var isGuarded = false
  /// There may be a socket of ours at ``path``.
  private var isServed = false
  /// Where clients find the service; `nil` where it has no path.
  let path: String?

  init(_ configuration: Configuration, log: Logger) throws {
    passed = try Activation.sockets()
    guard passed.isEmpty else {
      lock = nil
      path = try passed.lazy.compactMap { try UnixSocket.path(of: $0.raw) }.first
      return
    }
    let path = try SocketPath.find(configuration.socket)
    self.path = path
    try SocketPath.makeDirectory(of: path)
    // A stale socket is replaced, and nothing else is.
    if try FileSystem.isSocket(path) == false {
      throw DaemonError("\(path) is no socket: give jobd another path with --socket")
    }
    let lock = try SocketLock.take(socket: path, log: log)
    self.lock = lock
    // Not a jobd's, which would have the lock: still not to be taken away from whose it is.
    guard !SocketLock.isAlive(path) else {
      try? lock.remove()
      throw DaemonError("somebody else listens on \(path): give jobd another path with --socket")
    }
  }

  /// A daemon that can't start leaves no files.
  isolated deinit {
    guard !isGuarded else { return }
    try? removeSocket()
    try? unlock()
  }

  /// The guardian has ``files`` from now on.
  func leaveToGuardian() { isGuarded = true }

  /// Tells this service from others on the machine. With a socket of our own it is the same at each
  /// start, so that what an earlier daemon left is found; several may be passed the same one.
  var tag: String {
    guard lock != nil, let path else { return "\(ProcessContext.processID)" }
    return SocketPath.tag(path)
  }

  /// What the guardian is to remove.
  var files: Guardian.Files? {
    lock.map {
      Guardian.Files(lock: $0.descriptor.raw, lockPath: $0.path, socketPath: path)
    }
  }

  /// From now on clients can connect.
  func serve(by server: Server) throws {
    if lock != nil, let path {
      // Of a daemon that died; its lock is ours.
      try FileSystem.remove(path)
      isServed = true
      try server.listen(
        on: UnixSocket.listen(on: .path(FilePath(path)), mode: [.ownerReadWrite]))
    }
    for shared in passed {
      let socket = UnixSocket(adopting: try shared.duplicate())
      try socket.descriptor.setNonblocking()
      if try socket.isListening { try server.listen(on: socket) } else { server.add(socket) }
    }
    // A connection ends with its last descriptor.
    passed = []
  }

  /// Nobody finds it any more. One that can't be removed is replaced by the next daemon.
  func removeSocket() throws(SystemError) {
    guard isServed, let path else { return }
    isServed = false
    try FileSystem.remove(path)
  }

  /// Another daemon may begin.
  func unlock() throws(SystemError) {
    guard let lock else { return }
    self.lock = nil
    try lock.remove()
  }
}
