import Glibc
import Logging

/// Readable lines on standard error: `jobd: job 3 started command=make pid=4711`
nonisolated struct ConsoleLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  let destination: LogDestination

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var line = "jobd: "
    if event.level == .warning || event.level == .error { line += "\(event.level): " }
    line += event.message.description
    for (key, value) in destination.metadata(of: event, metadata) { line += " \(key)=\(value)" }
    line += "\n"
    destination.write([Array(line.utf8)])
  }

  /// One write, so that lines of several processes don't mix; nobody can be told that it failed.
  static func write(_ line: MessageQueue.Message) {
    for bytes in line {
      unsafe bytes.withUnsafeBytes {
        _ = unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
      }
    }
  }
}
