import LinuxSystem
import Logging
import Synchronization

/// Where log messages go: the journal where standard error leads there, readable lines otherwise.
nonisolated final class LogDestination: Sendable {
  private let isJournal = JournalLogHandler.isStandardErrorTheJournal
  /// Once there may be jobs.
  private let thread = Mutex<MessageThread?>(nil)

  func logger(level: Logger.Level) -> Logger {
    Logger(label: "jobd") { [self] _ in
      isJournal
        ? JournalLogHandler(logLevel: level, destination: self) as any LogHandler
        : ConsoleLogHandler(logLevel: level, destination: self)
    }
  }

  /// From now on nobody who logs waits for long, unless there can't be another thread.
  func beginThread() {
    let begun = MessageThread(by: isJournal ? JournalLogHandler.write : ConsoleLogHandler.write)
    thread.withLock { $0 = begun }
  }

  /// Waits for what is still to be written; not for long.
  func flush() {
    thread.withLock { $0 }?.flush()
  }

  /// The event's own metadata before the handler's, in a stable order, with how many messages before it were lost.
  func metadata(
    of event: LogEvent, _ handlers: Logger.Metadata
  ) -> [(String, Logger.Metadata.Value)] {
    var metadata = handlers.merging(event.metadata ?? [:]) { $1 }
    let lost = thread.withLock { $0 }?.lost ?? 0
    if lost > 0 { metadata["messagesLost"] = "\(lost)" }
    return metadata.sorted { $0.key < $1.key }
  }

  func write(_ message: MessageQueue.Message) {
    if let thread = thread.withLock({ $0 }) { return thread.write(message) }
    isJournal ? JournalLogHandler.write(message) : ConsoleLogHandler.write(message)
  }
}
