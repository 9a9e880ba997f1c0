internal import Glibc
public import LinuxSystem
public import SystemPackage

/// A process of the test's own, by pidfd; killed and reaped when it goes.
public final class TestProcess {
  /// What a process starts with. Nothing but this reaches it.
  public struct Specification {
    public var arguments: [String]
    public var environment: [String]
    public var input: FileDescriptor?
    public var output: FileDescriptor?
    public var error: FileDescriptor?
    /// What it gets as descriptors 3 and on.
    public var passing: [FileDescriptor] = []
    /// Whether it starts with every signal blocked.
    public var blocksSignals = false

    /// Where a program that was built to count what it runs leaves that, besides the path (`make coverage`).
    private static let ordinary =
      ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
      + (ProcessContext.variable("LLVM_PROFILE_FILE").map {
        ["LLVM_PROFILE_FILE=" + String(decoding: $0, as: UTF8.self)]
      } ?? [])

    /// The file that is executed: found by the path that it gets, not by that of the tests, where `python3` may be
    /// another than the one whose libraries it finds.
    var program: String {
      let name = arguments[0]
      let path = environment.first { $0.hasPrefix("PATH=") }?.dropFirst(5) ?? ""
      guard !name.contains("/") else { return name }
      return path.split(separator: ":").map { "\($0)/\(name)" }.first {
        unsafe access($0, X_OK) == 0
      } ?? name
    }

    public init(_ arguments: [String], environment: [String]? = nil) {
      self.arguments = arguments
      self.environment = environment ?? Self.ordinary
    }
  }

  public let pid: Int32
  private let pidfd: Pidfd
  private var exit: ProcessExit?

  public init(_ specification: Specification) throws {
    pid = try spawn(specification)
    pidfd = try Pidfd.open(pid)
  }

  public convenience init(_ arguments: [String]) throws {
    try self.init(Specification(arguments))
  }

  deinit {
    guard exit == nil else { return }
    try? pidfd.send(.kill)
    _ = try? pidfd.waitAndReap()
  }

  public func send(_ signal: Signal) throws { try pidfd.send(signal) }

  public var descriptor: FileDescriptor { pidfd.descriptor.raw }

  public var isRunning: Bool {
    guard exit == nil else { return false }
    return (try? isReadable(descriptor)) == false
  }

  /// Waits for its end.
  @discardableResult
  public func waitForExit() throws -> ProcessExit {
    if let exit { return exit }
    try waitToRead(descriptor, "the end of process \(pid)")
    let exit = try pidfd.waitAndReap()
    self.exit = exit
    return exit
  }
}

/// Runs a program to its end and answers what it wrote to standard output.
public func output(of arguments: [String], environment: [String] = []) throws -> String {
  let pipe = try LinuxSystem.Pipe()
  var specification = TestProcess.Specification(arguments)
  specification.environment += environment
  specification.output = pipe.writer.raw
  let process = try TestProcess(specification)
  let reader = pipe.takeReader()
  let text = String(decoding: try readToEnd(reader.raw), as: UTF8.self)
  let exit = try process.waitForExit()
  guard exit.status == .exited(code: 0) else {
    throw TestFailure("\(arguments) ended with \(exit.status)")
  }
  return text
}

/// posix_spawn(3): nothing is inherited but what is said.
private func spawn(_ specification: TestProcess.Specification) throws -> Int32 {
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }

  // Out of the way of the numbers that they are going to get.
  let null = try OwnedDescriptor.open("/dev/null", .readWrite)
  let standard = [specification.input, specification.output, specification.error]
  let sources = try (standard.map { $0 ?? null.raw } + specification.passing).map(highDuplicate)
  defer { for source in sources { try? source.close() } }
  for (number, source) in sources.enumerated() {
    unsafe posix_spawn_file_actions_adddup2(&actions, source.rawValue, Int32(number))
  }
  // Other tests of this process may have made descriptors that would be inherited. One that has
  // been closed when it comes to that is no error.
  let others = try fileNames(in: "/proc/self/fd").compactMap { Int32($0) }
  for number in others where number >= sources.count {
    unsafe posix_spawn_file_actions_addclose(&actions, number)
  }

  var attributes = posix_spawnattr_t()
  unsafe posix_spawnattr_init(&attributes)
  defer { unsafe posix_spawnattr_destroy(&attributes) }
  var signals = sigset_t()
  unsafe sigfillset(&signals)
  unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
  if !specification.blocksSignals { unsafe sigemptyset(&signals) }
  unsafe posix_spawnattr_setsigmask(&attributes, &signals)
  unsafe posix_spawnattr_setflags(
    &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

  var pid: pid_t = 0
  let answer = unsafe withCStrings(specification.arguments) { arguments in
    unsafe withCStrings(specification.environment) { environment in
      Forking.inTurn {
        unsafe posix_spawn(
          &pid, specification.program, &actions, &attributes, arguments, environment)
      }
    }
  }
  guard answer == 0 else {
    throw TestFailure("\(specification.arguments[0]): \(Errno(rawValue: answer))")
  }
  return pid
}

private func highDuplicate(_ file: FileDescriptor) throws -> FileDescriptor {
  let lowest: Int32 = 100
  let copy = fcntl(file.rawValue, F_DUPFD_CLOEXEC, lowest)
  guard copy >= 0 else { throw Errno(rawValue: errno) }
  return FileDescriptor(rawValue: copy)
}

private func withCStrings<Result>(
  _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var strings = unsafe texts.map { unsafe strdup($0) }
  unsafe strings.append(nil)
  defer { unsafe strings.forEach { unsafe free($0) } }
  return unsafe body(&strings)
}
