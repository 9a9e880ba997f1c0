import CSystemd
import Glibc
import Logging

/// The journal, with a field `JOBD_KEY` for each key of the metadata.
///
/// sd_journal_sendv(3), systemd.journal-fields(7)
nonisolated struct JournalLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  let destination: LogDestination

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Standard error leads to the journal: systemd says so in the environment, and means this
  /// descriptor. systemd.exec(5), $JOURNAL_STREAM
  static var isStandardErrorTheJournal: Bool {
    guard let stream = unsafe getenv("JOURNAL_STREAM") else { return false }
    var status = stat()
    guard unsafe fstat(STDERR_FILENO, &status) == 0 else { return false }
    return unsafe String(cString: stream) == "\(status.st_dev):\(status.st_ino)"
  }

  func log(event: LogEvent) {
    var fields = [
      "MESSAGE=\(event.message)", "PRIORITY=\(event.level.syslogPriority)",
      "SYSLOG_IDENTIFIER=jobd",
    ]
    for (key, value) in destination.metadata(of: event, metadata) {
      fields.append("JOBD_\(Self.fieldName(key))=\(value)")
    }
    destination.write(fields.map { Array($0.utf8) })
  }

  static func write(_ fields: MessageQueue.Message) {
    let bytes = fields.flatMap { $0 }
    unsafe bytes.withUnsafeBytes { bytes in
      var start = 0
      let parts = unsafe fields.map { field in
        defer { start += field.count }
        let base = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress! + start)
        return unsafe iovec(iov_base: base, iov_len: field.count)
      }
      _ = unsafe sd_journal_sendv(parts, Int32(parts.count))
    }
  }

  /// `controlGroup` → `CONTROL_GROUP`
  private static func fieldName(_ key: String) -> String {
    key.reduce(into: "") { name, character in
      if character.isUppercase, !name.isEmpty { name += "_" }
      name += character.isLetter || character.isNumber ? character.uppercased() : "_"
    }
  }
}

extension Logger.Level {
  /// syslog(3)
  nonisolated fileprivate var syslogPriority: Int {
    switch self {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}
