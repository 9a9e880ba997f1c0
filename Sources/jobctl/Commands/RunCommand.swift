internal import ArgumentParser
internal import JobProtocol

/// `jobctl run`
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a command as a job, and wait for it.",
    usage: usage,
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

  private static let usage = "jobctl run [OPTION]... [--] COMMAND [ARGUMENT]..."

  /// What is wrong with options, as the library says it.
  static func misused(_ problem: String) -> Failure {
    Failure("\(problem)\nUsage: \(usage)\n  See 'jobctl run --help' for more information.")
  }

  @ParentCommand var jobctl: Jobctl
  @OptionGroup var connection: ConnectionOptions
  @OptionGroup(title: "The Job") var job: JobArguments
  @OptionGroup(title: "Its Environment") var environment: EnvironmentArguments
  @OptionGroup(title: "How It Is Stopped") var stop: StopArguments
  @OptionGroup(title: "Messages") var messages: MessageArguments

  /// All words from the first that is no option on, a `--` before them included.
  @Argument(
    parsing: .captureForPassthrough,
    help: ArgumentHelp("What to run.", valueName: "command"),
    completion: .shellCommand(Self.completion))
  var words: [RawArgument] = []

  /// What a shell completes words of the command from: programs and files.
  private static var completion: String {
    switch CompletionShell.requesting {
    // What is behind a colon would be taken for a description.
    case .zsh?: #"words=(${(k)commands} ${PREFIX}*(N)); print -rl -- ${words//:/\\:}"#
    // Two words are jobctl's; its options that have a value have one more each.
    case .fish?:
      "__fish_complete_subcommand --fcs-skip=2 --socket -n --name -C --cwd --umask --stdin --wait "
        + "-u --unset -E --env -s --signal --stop-scope -k --grace --status-fd"
    // The words are expanded once more, as what a shell reads.
    default:
      #"compgen -cf -- "${cur}" | while IFS= read -r word; do printf '%q\n' "${word}"; done"#
    }
  }

  /// All of them but for the socket, which may have been named before the subcommand.
  var options: RunOptions {
    RunOptions(
      socket: connection.socket?.value, job: job.options, environment: environment.options,
      stop: stop.options, messages: messages.options, words: words.map(\.value))
  }

  /// An option that isn't known is taken for the first word by the parser, with all behind it.
  func validate() throws {
    switch words.first?.value {
    case "--help", "-h": throw CleanExit.helpRequest(self)
    case "--version": throw CleanExit.message(Version.current)
    default: break
    }
    if let problem = options.problem { throw ValidationError(problem) }
  }

  func run() throws {
    throw ExitCode(try JobRun(options: completeOptions).run())
  }

  /// All of them.
  var completeOptions: RunOptions {
    var options = options
    options.socket = options.socket ?? jobctl.socket?.value
    return options
  }
}
