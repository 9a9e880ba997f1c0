internal import LinuxSystem
internal import SystemPackage

/// A jobd that was started, whatever comes of it.
public final class JobdProcess {
  public let directory: ScratchDirectory
  public let socketPath: String
  /// What was started: jobd itself, or what it was wrapped in.
  public let process: TestProcess

  private let notifications: NotifySocket
  private let logPath: String

  public init(_ options: TestDaemon.Options = TestDaemon.Options()) throws {
    directory = try options.directory ?? ScratchDirectory()
    socketPath = directory.path(options.socket)
    let id = SystemClock.monotonicUSec()
    logPath = directory.path("log-\(id)")
    notifications = try NotifySocket(directory.path("notify-\(id)"))

    let log = try FileDescriptor.open(
      FilePath(logPath), .writeOnly, options: [.create, .append, .closeOnExec],
      permissions: .ownerReadWrite)
    defer { try? log.close() }
    var specification = TestProcess.Specification(
      options.wrapper
        + [TestDaemon.program("jobd"), "--socket", socketPath, "--log-level", "debug"]
        + options.arguments)
    specification.environment += ["NOTIFY_SOCKET=\(notifications.path)"] + options.environment
    specification.output = log
    specification.error = log
    specification.passing = options.passing
    specification.blocksSignals = options.blocksSignals
    process = try TestProcess(specification)
  }

  public var log: String { (try? contents(of: logPath)) ?? "" }

  /// Waits until it says that it is ready.
  public func waitUntilReady() throws {
    guard try notifications.wait(for: "READY=1", from: process) != nil else {
      throw TestFailure("jobd didn't start: \(log)")
    }
  }

  /// Waits for this line of its notifications.
  ///
  /// - Returns: All lines that were said before, and weren't asked for yet.
  @discardableResult
  public func waitForNotification(_ line: String) throws -> [String] {
    guard let before = try notifications.wait(for: line, from: process) else {
      throw TestFailure("jobd ended without having said \(line)\n\(log)")
    }
    return before
  }
}
