internal import ArgumentParser
internal import Glibc
internal import JobProtocol

/// The program's root command.
struct Jobctl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobctl",
    abstract: "Run commands as jobs that leave nothing behind.",
    discussion: """
      A job is a command and every process that comes of it. It lives as long as the line to the \
      one who asked for it: when that breaks, however it breaks, jobd asks the whole tree of \
      processes to end, kills what doesn't, and tells how it went when nothing is left.

        jobctl run make -j4           runs make as a job; Ctrl-C ends all of it
        jobctl list                   shows the jobs that there are
        jobctl cancel 7               ends one
      """,
    version: Version.current,
    subcommands: [
      RunCommand.self, ListCommand.self, StatusCommand.self, CancelCommand.self, WatchCommand.self,
    ])

  /// Before the subcommand. Each subcommand has an option of the same name for after it.
  @Option(help: .private)
  var socket: RawArgument?

  /// Parses the arguments and does what they say; answers what to exit with.
  static func start(_ arguments: [[UInt8]]) -> Int32 {
    do {
      switch QuickReading(arguments) {
      case .run(let options):
        if let problem = options.problem { throw RunCommand.misused(problem) }
        return try JobRun(options: options).run()
      case .other(let arguments):
        try parseAndRun(arguments.map(RawArgument.escape))
        return EXIT_SUCCESS
      }
    } catch let failure as Failure {
      Printer.note(failure.message)
      return failure.exitCode
    } catch let code as ExitCode {
      return code.rawValue
    } catch {
      return explain(error)
    }
  }

  private static func parseAndRun(_ arguments: [String]) throws {
    var command = try parseAsRoot(arguments)
    // That opens them for its job.
    if !(command is RunCommand) { try StandardStreams.openMissing(usable: false) }
    try command.run()
  }

  /// Help that was asked for, or a usage error, or what else the parser or a system call threw.
  private static func explain(_ error: any Error) -> Int32 {
    let text = fullMessage(for: error)
    switch exitCode(for: error) {
    case .success:
      do {
        try Printer.print(text + "\n")
        return EXIT_SUCCESS
      } catch {
        Printer.note(error.message)
        return ExitStatus.failure
      }
    case .validationFailure:
      let prefix = "Error: "
      Printer.note(text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
      return ExitStatus.failure
    default:
      Printer.note("\(error)")
      return ExitStatus.failure
    }
  }
}
