import Glibc
import Testing

/// A directory, and in it a jobd of a test's own and what its jobs write. All of it goes with this.
final class JobctlHarness: Sendable {
  let directory: String
  private let options: [String]
  private let jobd: Spawned

  var socket: String { "\(directory)/jobd.sock" }
  /// The daemon's process.
  var daemonPid: Int32 { jobd.pid }

  /// Starts the daemon, and waits until clients can connect.
  init(_ options: String...) throws {
    directory = try Self.makeDirectory()
    self.options = options
    jobd = try Self.startDaemon(directory, options)
  }

  deinit {
    if jobd.isRunning {
      resumeDaemon()
      // Its jobs end with it, and it waits for them.
      jobd.kill(SIGTERM)
      jobd.waitNow()
    } else if let next = try? Self.startDaemon(directory, options) {
      // What a killed one leaves, the next one on the same socket removes.
      next.kill(SIGTERM)
      next.waitNow()
    }
    _ = unsafe rmdir(directory)
  }

  /// Kills the daemon, as nothing but a fault or an administrator would.
  func killDaemon() {
    jobd.kill(SIGKILL)
    jobd.waitNow()
  }

  /// Makes the daemon hang, or go on.
  func suspendDaemon() { jobd.kill(SIGSTOP) }
  func resumeDaemon() { jobd.kill(SIGCONT) }

  /// Starts `jobctl`.
  func jobctl(_ arguments: String..., input: Spawned.Input = .null) throws -> Spawned {
    try jobctl(arguments, input: input)
  }

  /// Starts `jobctl`.
  func jobctl(_ arguments: [String], input: Spawned.Input = .null) throws -> Spawned {
    try Spawned(
      Spawned.product("jobctl"), arguments, environment: ["JOBD_SOCKET=\(socket)"], input: input)
  }

  /// Runs a shell script in which `jobctl` is ours, to its end. `$D` is the directory.
  func shell(_ script: String) async throws -> Spawned.Ended {
    let path = "PATH=\(Spawned.product(""))/:/usr/bin:/bin"
    return try await Spawned(
      "/bin/sh", ["-c", script], environment: ["JOBD_SOCKET=\(socket)", "D=\(directory)", path]
    ).ended()
  }

  private static func startDaemon(_ directory: String, _ options: [String]) throws -> Spawned {
    let socket = ["--socket", "\(directory)/jobd.sock"]
    let jobd = try Spawned(Spawned.product("jobd"), socket + options)
    try #require(jobd.errors.line { $0.contains(" ready") } != nil, "jobd didn't start")
    return jobd
  }

  private static func makeDirectory() throws -> String {
    var template = "/tmp/jobctl-test.XXXXXX".utf8CString
    return try unsafe template.withUnsafeMutableBufferPointer { buffer in
      let path = unsafe mkdtemp(buffer.baseAddress!)
      return unsafe String(cString: try #require(path))
    }
  }
}
