import LinuxSystem
import Logging

/// Where log messages go: the journal where standard error leads there, readable lines otherwise.
nonisolated final class LogDestination: Sendable {
  private let isJournal: Bool
  private let thread: MessageThread

  init() {
    isJournal = JournalLogHandler.isStandardErrorTheJournal
    thread = MessageThread(by: isJournal ? JournalLogHandler.write : ConsoleLogHandler.write)
  }

  func logger(level: Logger.Level) -> Logger {
    Logger(label: "jobd") { [self] _ in
      isJournal
        ? JournalLogHandler(logLevel: level, destination: self) as any LogHandler
        : ConsoleLogHandler(logLevel: level, destination: self)
    }
  }

  /// From now on nobody who logs waits for long, unless there can't be another thread.
  func beginThread() { thread.begin() }

  /// Waits for what is still to be written; not for long.
  func flush() { thread.flush() }

  /// The event's own metadata before the handler's, in a stable order, with how many messages before it were lost.
  func metadata(
    of event: LogEvent, _ handlers: Logger.Metadata
  ) -> [(String, Logger.Metadata.Value)] {
    var metadata = handlers.merging(event.metadata ?? [:]) { $1 }
    let lost = thread.lost
    if lost > 0 { metadata["messagesLost"] = "\(lost)" }
    return metadata.sorted { $0.key < $1.key }
  }

  func write(_ message: MessageQueue.Message) { thread.write(message) }
}
