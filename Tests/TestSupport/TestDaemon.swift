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
    /// The path of its socket in that directory.
    public var socket = "s"
    /// Descriptors that are passed as a service manager would, and the environment that says so is not.
    public var passing: [FileDescriptor] = []
    public var blocksSignals = false

    public init() {}
  }

  private let jobd: JobdProcess
  /// The daemon's process.
  public let pid: Int32
  /// Below which all its jobs are.
  public let jobsDirectory: String
  /// The socket and its lock are its own, not a service manager's.
  private let ownsSocket: Bool
  /// What is open when nothing is to be done.
  private let idleDescriptors: [Int32: String]
  private let idleSockets: Int

  /// Starts it and waits until it says that it is ready.
  public init(_ options: Options = Options()) throws {
    jobd = try JobdProcess(options)
    try jobd.waitUntilReady()
    let client = try TestClient(jobd.socketPath)
    let service = try ServiceDescription(try client.call("io.jobd.Describe").parameters)
    guard let path = service.controlGroup else { throw TestFailure("jobd has no control group") }
    pid = Int32(service.pid)
    jobsDirectory = Cgroups.directory(path)
    ownsSocket = options.passing.isEmpty
    let open = try ProcessFiles(pid).descriptors()
    idleDescriptors = open.filter { !$0.value.hasPrefix("socket:") }
    // Without the one that leads to this client.
    idleSockets = open.count - idleDescriptors.count - 1
    client.close()
  }

  public var directory: ScratchDirectory { jobd.directory }
  public var socketPath: String { jobd.socketPath }
  /// What was started: jobd itself, or what it was wrapped in.
  public var process: TestProcess { jobd.process }
  public var log: String { jobd.log }

  /// Tries to start one that isn't going to.
  ///
  /// - Returns: How it ended, and its log.
  public static func startInVain(_ options: Options) throws -> (ProcessExit, log: String) {
    let jobd = try JobdProcess(options)
    return (try jobd.process.waitForExit(), jobd.log)
  }

  /// The programs of this package, where the tests are.
  public static func program(_ name: String) -> String {
    let tests = linkTarget("/proc/self/exe") ?? ""
    return tests.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/\(name)"
  }

  /// Waits for this line of its notifications.
  ///
  /// - Returns: All lines that were said before, and weren't asked for yet.
  @discardableResult
  public func waitForNotification(_ line: String) throws -> [String] {
    try jobd.waitForNotification(line)
  }

  // MARK: its end

  public func send(_ signal: Signal) throws { try Pidfd.open(pid).send(signal) }

  /// Stops it in the sense of SIGSTOP, and returns when it has. What happens meanwhile it finds all at once when SIGCONT
  /// is sent.
  public func suspend() throws {
    try send(.stop)
    try waitUntil("jobd has stopped") { try ProcessFiles(pid).state() == "T" }
  }

  /// Asks it to stop and waits until it has.
  public func stop() throws {
    guard process.isRunning else { return }
    try send(.terminate)
    try waitForStop()
  }

  /// Waits until it has stopped as it was asked to: with exit code 0, and leaving nothing.
  public func waitForStop() throws {
    let exit = try process.waitForExit()
    guard exit.status == .exited(code: 0) else {
      throw TestFailure("jobd ended with \(exit.status)\n\(log)")
    }
    try checkGone()
  }

  /// Kills it, and waits for its guardian to have cleaned up.
  public func kill() throws {
    let guardian = try guardianPidfd()
    try send(.kill)
    try process.waitForExit()
    try waitToRead(guardian.descriptor.raw, "the end of the guardian")
    try checkGone()
  }

  /// Kills it and its guardian, so that nobody cleans up.
  public func killWithGuardian() throws {
    let guardian = try guardianPidfd()
    // A daemon that runs would start another.
    try send(.stop)
    try guardian.send(.kill)
    try waitToRead(guardian.descriptor.raw, "the end of the guardian")
    try send(.kill)
    try process.waitForExit()
  }

  /// The process that cleans up should the daemon be killed.
  public func guardian() throws -> ProcessFiles {
    var guardian: ProcessFiles?
    // It gives itself its name once it runs.
    try waitUntil("there is a guardian") {
      guardian = try ProcessFiles(pid).children().map(ProcessFiles.init).first {
        (try? $0.name()) == "jobd-guardian"
      }
      return guardian != nil
    }
    guard let guardian else { throw TestFailure("there is no guardian") }
    return guardian
  }

  public func guardianPidfd() throws -> Pidfd { try Pidfd.open(try guardian().pid) }

  /// Starts another one in its place, and waits until that waits for what holds the lock.
  public func startNext() throws -> JobdProcess {
    var options = Options()
    options.directory = directory
    let next = try JobdProcess(options)
    try waitUntil("the next jobd waits for the lock") {
      try ProcessFiles(next.process.pid).descriptors().values.contains(socketPath + ".lock")
    }
    return next
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
    var sockets = idleSockets
    return try ProcessFiles(pid).descriptors().filter { number, target in
      if target.hasPrefix("socket:"), sockets > 0 {
        sockets -= 1
        return false
      }
      return idleDescriptors[number] != target
    }
  }

  private func checkGone() throws {
    guard !exists(jobsDirectory) else { throw TestFailure("\(jobsDirectory) is left") }
    guard ownsSocket else { return }
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
