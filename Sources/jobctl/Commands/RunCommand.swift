internal import ArgumentParser
internal import Glibc
internal import JobProtocol
internal import LinuxSystem
internal import SystemPackage

/// `jobctl run`
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a command as a job, and wait for it.",
    usage: "jobctl run [OPTION]... [--] COMMAND [ARGUMENT]...",
    discussion: """
      The command runs with jobctl's own standard streams, directory, umask and environment, as if \
      jobctl weren't there. Options end at the first word that isn't one.

        jobctl run make -j4
        jobctl run --grace 30s --signal INT --name tests -- ./run-tests --verbose
        jobctl run tar c . | jobctl run gzip > backup.tar.gz
        editor-backend | jobctl run --stdin keepalive make

      The job ends when jobctl does, even by kill -9. Ctrl-C asks it to end and waits for that; \
      pressed again it kills; SIGTERM and SIGHUP ask, too.

      --stdin inherit: the job reads what jobctl would. null: it reads /dev/null. keepalive: it \
      reads /dev/null, and lives until jobctl's standard input ends. close: it reads a pipe \
      without data, which is closed to ask it to end.

      Exit codes: the command's own, or 128+n if signal n ended it; 125 if jobctl or jobd failed; \
      126 if the command can't be executed; 127 if it isn't found.
      """)

  @ParentCommand var jobctl: Jobctl
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup(title: "The Job") var job: JobOptions
  @OptionGroup(title: "Its Environment") var environment: EnvironmentOptions
  @OptionGroup(title: "How It Is Stopped") var stop: StopOptions
  @OptionGroup(title: "Messages") var messages: MessageOptions

  /// All words from the first that is no option on, a `--` before them included.
  @Argument(
    parsing: .captureForPassthrough,
    help: ArgumentHelp("What to run.", valueName: "command"),
    completion: .shellCommand("compgen -c"))
  var words: [RawArgument] = []

  private var command: [OSString] {
    let words = words.map(\.value)
    return words.first == "--" ? Array(words.dropFirst()) : words
  }

  /// An option that isn't known is taken for the first word by the parser, with all behind it.
  func validate() throws {
    switch words.first?.value {
    case "--help", "-h": throw CleanExit.helpRequest(self)
    case "--version": throw CleanExit.message(Version.current)
    case let word? where word != "--" && word.bytes.first == UInt8(ascii: "-"):
      throw ValidationError("Unknown option '\(word)'")
    default: break
    }
    if command.first?.bytes.isEmpty ?? true { throw ValidationError("Missing command") }
  }

  func run() throws { try run(at: jobctl.socket) }

  /// - Parameter socket: What was said before the subcommand.
  func run(at socket: RawArgument?) throws {
    try checkDescriptors()
    // Writing to a pipe that nobody reads any more is an error like others here.
    signal(SIGPIPE, SIG_IGN)
    try StandardStreams.openMissing()
    let socket = try JobdSocket(option: connection.socket ?? socket)
    let request = RunRequest(
      try JobContext(command: command, job, environment, stop), standardInput: job.stdin)
    var session = try RunSession(
      request, to: socket, keepsAlive: job.stdin == .keepalive, hasOwnSignal: stop.signal != nil,
      reporter: RunReporter(messages))
    switch try session.wait() {
    case .exit(let code): throw ExitCode(code)
    case .interrupted:
      raiseBlocked(.interrupt)
      throw ExitCode(ExitStatus.signaled(.interrupt))
    }
  }

  /// Before anything is opened, and gets the number of a descriptor that isn't there.
  private func checkDescriptors() throws(Failure) {
    if let number = messages.statusFd, StandardStreams.isClosed(FileDescriptor(rawValue: number)) {
      throw Failure("--status-fd \(number): no such descriptor is open")
    }
    if job.stdin == .keepalive, StandardStreams.isClosed(.standardInput) {
      throw Failure("--stdin keepalive: standard input is closed, and can keep nothing alive")
    }
  }
}
