internal import JobDaemon
internal import Logging

/// What the command line asks for.
///
/// It is read without a library: the one that reads jobctl's brings Foundation along, which would be more
/// than half of the daemon, and take a third of its start.
enum Request: Hashable {
  case serve(Configuration)
  case help
  case version
}

/// A command line that can't be understood, for who wrote it.
struct UsageError: Error, Hashable {
  let message: String

  init(_ message: String) {
    self.message = message
  }

  /// Of an argument that isn't UTF-8.
  ///
  /// - Parameter previous: The one before it, which may be the option whose value it is.
  fileprivate init(notText argument: [UInt8], behind previous: String?) {
    let shown = String(decoding: argument, as: UTF8.self)
    guard let previous, previous.hasPrefix("-"), !previous.contains("="), !shown.hasPrefix("-")
    else {
      self.init("'\(shown)' is not UTF-8")
      return
    }
    self.init("\(previous): '\(shown)' is not UTF-8")
  }
}

extension Request {
  /// - Parameter arguments: Without the program's name, as they were given.
  init(bytes arguments: [[UInt8]]) throws(UsageError) {
    var words: [String] = []
    for argument in arguments {
      guard let word = String(validating: argument, as: UTF8.self) else {
        throw UsageError(notText: argument, behind: words.last)
      }
      words.append(word)
    }
    try self.init(words)
  }

  /// - Parameter arguments: Without the program's name.
  init(_ arguments: [String]) throws(UsageError) {
    var configuration = Configuration()
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "-h", "--help":
        self = .help
        return
      case "--version":
        self = .version
        return
      default:
        try Self.read(word, &rest, into: &configuration)
      }
    }
    self = .serve(configuration)
  }

  private static func read(
    _ word: String, _ rest: inout ArraySlice<String>, into configuration: inout Configuration
  ) throws(UsageError) {
    // `--name value` or `--name=value`
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    func value() throws(UsageError) -> String {
      if parts.count > 1 { return String(parts[1]) }
      guard let value = rest.popFirst(), !isOption(value) else {
        throw UsageError("Missing value for '\(name)'")
      }
      return value
    }
    switch name {
    case "--socket": configuration.socket = try value()
    case "--cgroup": configuration.controlGroup = try place(value())
    case "--running-max": configuration.runningMax = try number(name, value(), in: 1...Int.max)
    case "--queued-max": configuration.queuedMax = try number(name, value(), in: 0...Int.max)
    case "--shutdown-grace":
      let seconds = try number(name, value(), in: 0...longestGraceSeconds)
      configuration.shutdownGracePeriodMax = seconds * 1_000_000
    case "--log-level": configuration.logLevel = try level(value())
    case _ where name.hasPrefix("-"): throw UsageError("Unknown option '\(name)'")
    default: throw UsageError("Unexpected argument '\(word)'")
    }
  }

  /// `-1` is none: it is a value, and a wrong one.
  private static func isOption(_ word: String) -> Bool {
    word.hasPrefix("-") && word.dropFirst().first?.isWholeNumber != true
  }

  /// No word but those that are known is a place: a control group of a misspelt one's name would be made.
  private static func place(_ text: String) throws(UsageError) -> String {
    guard ["auto", "delegated", "none"].contains(text) || text.hasPrefix("/") else {
      throw UsageError(
        "--cgroup: '\(text)' is not auto, delegated, none or the path of a control group, which begins with /"
      )
    }
    return text
  }

  /// As long as that of a job may be at most: `Limits.gracePeriodMax`.
  private static let longestGraceSeconds = 3_600

  private static func number(
    _ name: String, _ text: String, in range: ClosedRange<Int>
  ) throws(UsageError) -> Int {
    guard let number = Int(text), range.contains(number) else {
      let most = range.upperBound == Int.max ? "" : " and at most \(range.upperBound)"
      throw UsageError("\(name): '\(text)' is not a number of at least \(range.lowerBound)\(most)")
    }
    return number
  }

  private static func level(_ text: String) throws(UsageError) -> Logger.Level {
    guard let level = Logger.Level(rawValue: text) else {
      let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError("--log-level: '\(text)' is not one of \(levels)")
    }
    return level
  }
}
