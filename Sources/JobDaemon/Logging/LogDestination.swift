import Logging

/// Where log messages go.
enum LogDestination {
  /// The journal where standard error leads there; readable lines otherwise.
  static func start(level: Logger.Level) -> Logger {
    let isJournal = JournalLogHandler.isStandardErrorTheJournal
    return Logger(label: "jobd") { _ in
      isJournal
        ? JournalLogHandler(logLevel: level) as any LogHandler : ConsoleLogHandler(logLevel: level)
    }
  }
}
