internal import JobProtocol
public import LinuxSystem
public import SystemPackage
internal import Varlink

/// A jobd of a test's own: on a socket in a scratch directory, with its own control groups.
public final class TestDaemon {
  /// How it is started.
  public struct Options {
    public var arguments: [String] = []
    public var environment: [String] = []
    /// A program that executes what is given to it as further arguments, and its own arguments.
    public var wrapper: [String] = []
    /// Where its socket is, if that isn't a new directory's.
    public var directory: ScratchDirectory?
    /// Descriptors that are passed as a service manager would, and the environment that says so is not.
    public var passing: [FileDescriptor] = []
    public var blocksSignals = false

    public init() {}
  }

  public let directory: ScratchDirectory
  public let socketPath: String
  /// What was started: jobd itself, or what it was wrapped in.
  public let process: TestProcess
  /// The daemon's process.
  public let pid: Int32
  /// Below which all its jobs are.
  public let jobsDirectory: String

  private let notifications: NotifySocket
  /// What is open when nothing is to be done.
  private let idleDescriptors: [Int32: String]
  private let logPath: String

  /// Starts it and waits until it says that it is ready.
  public init(_ options: Options = Options()) throws {
    directory = try options.directory ?? ScratchDirectory()
    socketPath = directory.path("s")
    let id = SystemClock.monotonicUSec()
    logPath = directory.path("log-\(id)")
    notifications = try NotifySocket(directory.path("notify-\(id)"))

    process = try Self.start(
      options, socket: socketPath, notify: notifications.path, log: logPath)
    guard try notifications.wait(for: "READY=1", from: process) else {
      throw TestFailure("jobd didn't start: \((try? contents(of: logPath)) ?? "")")
    }
    let listener = try UnixSocket.connect(to: .path(FilePath(socketPath)))
    pid = try listener.peer.pid
    idleDescriptors = try ProcessFiles(pid).descriptors().filter { !$0.value.contains("socket:") }
    let description = try TestClient(adopting: listener).call("io.jobd.Describe")
    guard let path = try ServiceDescription(description.parameters).controlGroup else {
      throw TestFailure("jobd has no control group")
    }
    jobsDirectory = Cgroups.directory(path)
  }

  /// Tries to start one that isn't going to.
  ///
  /// - Returns: How it ended, and its log.
  public static func startInVain(_ options: Options) throws -> (ProcessExit, log: String) {
    let directory = try options.directory ?? ScratchDirectory()
    let log = directory.path("vain")
    let process = try start(options, socket: directory.path("s"), notify: "/dev/null", log: log)
    return (try process.waitForExit(), try contents(of: log))
  }

  /// The programs of this package, where the tests are.
  public static func program(_ name: String) -> String {
    let tests = linkTarget("/proc/self/exe") ?? ""
    return tests.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/\(name)"
  }

  private static func start(
    _ options: Options, socket: String, notify: String, log path: String
  ) throws -> TestProcess {
    let log = try FileDescriptor.open(
      FilePath(path), .writeOnly, options: [.create, .append, .closeOnExec],
      permissions: .ownerReadWrite)
    defer { try? log.close() }
    var specification = TestProcess.Specification(
      options.wrapper + [program("jobd"), "--socket", socket, "--log-level", "debug"]
        + options.arguments)
    specification.environment += ["NOTIFY_SOCKET=\(notify)"] + options.environment
    specification.output = log
    specification.error = log
    specification.passing = options.passing
    specification.blocksSignals = options.blocksSignals
    return try TestProcess(specification)
  }

  public var log: String { (try? contents(of: logPath)) ?? "" }

  // MARK: its end

  /// Asks it to stop and waits until it has: with exit code 0, and leaving nothing.
  public func stop() throws {
    guard process.isRunning else { return }
    try Pidfd.open(pid).send(.terminate)
    let exit = try process.waitForExit()
    guard exit.status == .exited(code: 0) else {
      throw TestFailure("jobd ended with \(exit.status)\n\(log)")
    }
    try checkGone()
  }

  /// Kills it, and waits for its guardian to have cleaned up.
  public func kill() throws {
    let guardian = try guardianPidfd()
    try Pidfd.open(pid).send(.kill)
    try process.waitForExit()
    try waitToRead(guardian.descriptor.raw, "the end of the guardian")
    try checkGone()
  }

  /// Waits for this line of its notifications.
  public func waitForNotification(_ line: String) throws {
    guard try notifications.wait(for: line, from: process) else {
      throw TestFailure("jobd ended without having said \(line)")
    }
  }

  /// The process that cleans up should the daemon be killed.
  public func guardianPidfd() throws -> Pidfd {
    guard let guardian = try ProcessFiles(pid).children().first else {
      throw TestFailure("there is no guardian")
    }
    return try Pidfd.open(guardian)
  }

  // MARK: its leftovers

  /// Nothing of its jobs is left: no process, no control group, no descriptor, no zombie.
  public func checkNothingLeft() throws {
    // A client that closed its connection a moment ago may not have been heard yet.
    try waitUntilIdle()
    let processes = Cgroups.processes(in: jobsDirectory)
    guard processes.isEmpty else { throw TestFailure("processes are left: \(processes)") }
    try waitUntil("control groups are gone: \(leaves)") { leaves.isEmpty }
    try waitUntil("zombies are gone") { try ProcessFiles(pid).zombies().isEmpty }
    try waitUntil("descriptors are closed: \((try? surplusDescriptors()) ?? [:])") {
      try surplusDescriptors().isEmpty
    }
  }

  /// The control groups of its jobs.
  public var leaves: [String] { Cgroups.children(of: jobsDirectory) }

  /// What it has open beyond what it opened to begin with.
  private func surplusDescriptors() throws -> [Int32: String] {
    // Its own sockets are there from the beginning, and as many.
    var sockets = listeningSockets
    return try ProcessFiles(pid).descriptors().filter { number, target in
      if target.hasPrefix("socket:"), sockets > 0 {
        sockets -= 1
        return false
      }
      return idleDescriptors[number] != target
    }
  }

  private var listeningSockets: Int { 1 }

  private func checkGone() throws {
    guard !exists(jobsDirectory) else { throw TestFailure("\(jobsDirectory) is left") }
    for path in [socketPath, socketPath + ".lock"] where exists(path) {
      throw TestFailure("\(path) is left")
    }
  }
}

/// Gives a test a daemon and checks, after it, that nothing is left: while it runs, and once it has
/// stopped. A test that has already ended its daemon has seen to that.
public func withDaemon(
  _ options: TestDaemon.Options = TestDaemon.Options(), _ body: (TestDaemon) throws -> Void
) throws {
  let daemon = try TestDaemon(options)
  do {
    try body(daemon)
    guard daemon.process.isRunning else { return }
    try daemon.checkNothingLeft()
    try daemon.stop()
  } catch {
    let log = daemon.log
    if daemon.process.isRunning { try? daemon.kill() }
    throw TestFailure("\(error)\n\(log)")
  }
}
