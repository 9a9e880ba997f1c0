internal import Glibc
internal import JobProtocol
internal import LinuxSystem
internal import SystemPackage

/// `jobctl run`, whoever has read its options.
struct JobRun {
  let options: RunOptions

  /// Runs the job, and waits for its end.
  ///
  /// - Returns: What to exit with.
  func run() throws -> Int32 {
    try checkDescriptors()
    // Writing to a pipe that nobody reads any more is an error like others here.
    signal(SIGPIPE, SIG_IGN)
    try StandardStreams.openMissing(usable: true)
    let socket = try JobdSocket(option: options.socket)
    let input = standardInput
    let request = RunRequest(try JobContext(options), standardInput: input)
    var session = try RunSession(
      to: socket, keepsAlive: input == .keepalive,
      hasOwnSignal: options.stop.signal != nil, reporter: RunReporter(options.messages))
    switch try session.run(request) {
    case .exit(let code): return code
    case .left(let signal): return ExitStatus.signaled(signal)
    case .signaled(let signal):
      raiseBlocked(signal)
      return ExitStatus.signaled(signal)
    }
  }

  /// A job has a session of its own: the kernel doesn't stop it when it reads the terminal while the shell does.
  private var standardInput: StandardInputMode {
    options.job.stdin ?? (Terminal.isOfOthers(.standardInput) ? .null : .inherit)
  }

  /// Before anything is opened, and gets the number of a descriptor that isn't there.
  private func checkDescriptors() throws(Failure) {
    if let number = options.messages.statusFd {
      switch StandardStreams.isWritable(FileDescriptor(rawValue: number)) {
      case nil: throw Failure("--status-fd \(number): no such descriptor is open")
      case false?: throw Failure("--status-fd \(number): it is open for reading only")
      case true?: break
      }
    }
    if options.job.stdin == .keepalive, StandardStreams.isClosed(.standardInput) {
      throw Failure("--stdin keepalive: standard input is closed, and can keep nothing alive")
    }
  }
}
