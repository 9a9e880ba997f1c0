import Glibc
import Logging

/// Readable lines on standard error: `jobd: job 3 started command=make pid=4711`
nonisolated struct ConsoleLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var line = "jobd: "
    if event.level == .warning || event.level == .error { line += "\(event.level): " }
    line += event.message.description
    for (key, value) in merged(event.metadata) { line += " \(key)=\(value)" }
    line += "\n"
    // One write, so that lines of several processes don't mix; nobody can be told that it failed.
    line.withUTF8 { _ = unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

extension LogHandler {
  /// The event's own metadata before the handler's, in a stable order.
  nonisolated func merged(_ own: Logger.Metadata?) -> [(String, Logger.Metadata.Value)] {
    metadata.merging(own ?? [:]) { $1 }.sorted { $0.key < $1.key }
  }
}
