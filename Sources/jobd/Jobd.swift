internal import ArgumentParser
internal import JobDaemon
internal import JobProtocol
internal import Logging

/// The command `jobd`.
struct Jobd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobd",
    abstract:
      "Run commands as jobs that live exactly as long as the connections that asked for them.",
    discussion: """
      Clients speak Varlink on a Unix socket, interface io.jobd; jobctl is one. When a job's \
      connection ends, for whatever reason, all of its processes are ended and its control group \
      is removed. When jobd ends, all jobs do.

      SIGTERM, SIGINT and SIGHUP ask all jobs to end, then end jobd; a second one kills them at once.
      """,
    version: Version.current)

  @Option(
    help: ArgumentHelp(
      "The socket to listen on, where the service manager passes none. Default: $JOBD_SOCKET, "
        + "or /run/jobd/jobd.sock for root, $XDG_RUNTIME_DIR/jobd/jobd.sock for a user.",
      valueName: "path"))
  var socket: String?

  @Option(
    help: ArgumentHelp(
      "Where jobs get their control groups: auto (in what was delegated, or wherever one can be "
        + "made), delegated (in jobd's own), or the path of a control group; none: they do without, "
        + "and what the kernel then can't promise isn't promised, see jobd(8).",
      valueName: "auto|delegated|none|path"))
  var cgroup = "auto"

  @Option(
    help: ArgumentHelp("Most jobs that run at one time; further ones wait.", valueName: "number"))
  var runningMax: Int?

  @Option(
    help: ArgumentHelp("Most jobs that wait; further ones are refused.", valueName: "number"))
  var queuedMax: Int?

  @Option(
    help: ArgumentHelp(
      "Longest grace period of a job once jobd itself has to stop. Default: 30. The service manager "
        + "has to wait longer.",
      valueName: "seconds"))
  var shutdownGrace: Int?

  @Option(help: "What is logged, and what is worse.")
  var logLevel = LogLevel.notice

  enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, notice, warning, error, critical

    var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .notice }
  }

  func validate() throws {
    if let runningMax, runningMax < 1 { throw ValidationError("--running-max must be at least 1.") }
    if let queuedMax, queuedMax < 0 { throw ValidationError("--queued-max can't be negative.") }
    if let shutdownGrace, !(0...3_600).contains(shutdownGrace) {
      throw ValidationError("--shutdown-grace must be between 0 and 3600.")
    }
  }

  func run() throws {
    let configuration = Configuration(
      socket: socket, controlGroup: cgroup, runningMax: runningMax, queuedMax: queuedMax,
      shutdownGracePeriodMax: shutdownGrace.map { $0 * 1_000_000 }, logLevel: logLevel.level)
    throw ExitCode(MainActor.assumeIsolated { Daemon.main(configuration) })
  }
}
