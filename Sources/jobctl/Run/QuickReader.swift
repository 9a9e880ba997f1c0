internal import JobProtocol

// The library looks at every option of every command by reflection, and asks the runtime for the
// conformances of their types: both take longer than all else that `jobctl run` does, the job of `true`
// included. Besides, it reads the words of the job, too, before it knows where they begin, and fails on those
// that no option of ours could be. So what is right is read here, and what isn't is left to the library:
// everything wrong, all help. Nothing here may touch a type of the library's, or be generic at run time.

/// What the arguments of `jobctl` are, read without the library.
enum QuickReading: Equatable {
  /// A job is to be run. The options are understood each by itself; together they may still be wrong.
  case run(RunOptions)
  /// For the library: of `jobctl run` no more than the option that isn't understood, as it must not look at
  /// the words of the job.
  case other([[UInt8]])

  init(_ arguments: [[UInt8]]) {
    var reader = QuickReader(rest: arguments.compactMap(OSString.init(bytes:))[...])
    guard reader.readCommand() else {
      self = .other(arguments)
      return
    }
    if let odd = reader.readAll() {
      self = .other([Array("run".utf8)] + odd.map(\.bytes))
    } else {
      self = .run(reader.options)
    }
  }
}

/// Reads options up to the first word that isn't one, as getopt(3) does: `--name value`, `--name=value`,
/// `-n value`, `-nvalue`, `-qvn value`; and `-n=value`, as the library does. The last of several counts.
private struct QuickReader {
  private(set) var options = RunOptions()
  private var rest: ArraySlice<OSString>
  /// What stands behind the option in the same word, until it is taken for its value.
  private var attached: ArraySlice<UInt8>?

  init(rest: ArraySlice<OSString>) {
    self.rest = rest
  }

  /// Steps over `run`, and the one option that may stand before it.
  ///
  /// - Returns: That is what it is.
  mutating func readCommand() -> Bool {
    while let word = rest.popFirst() {
      if word == "run" { return true }
      guard word.bytes.starts(with: "--socket".utf8), read(word) else { return false }
    }
    return false
  }

  /// - Returns: The words that were not understood: an option, and what would be its value.
  mutating func readAll() -> ArraySlice<OSString>? {
    while let word = rest.first, word.isOption, word != "--" {
      let before = rest
      rest.removeFirst()
      guard read(word) else { return before.prefix(before.count - rest.count) }
    }
    options.words = Array(rest)
    return nil
  }

  /// Reads an option, or several of one letter each.
  private mutating func read(_ word: OSString) -> Bool {
    if word.bytes.starts(with: "--".utf8) {
      let name = word.bytes.prefix { $0 != equals }
      attached = name.count < word.bytes.count ? word.bytes[name.count...] : nil
      return readOption(String(decoding: name, as: UTF8.self)) && attached == nil
    }
    var letters = word.bytes.dropFirst()
    repeat {
      guard let letter = letters.popFirst() else { return false }
      attached = letters.isEmpty ? nil : letters
      guard readOption(String(decoding: [dash, letter], as: UTF8.self)) else { return false }
      letters = attached ?? []
    } while !letters.isEmpty
    return true
  }

  /// - Returns: There is such an option, and its value, if it has one, can be understood.
  private mutating func readOption(_ name: String) -> Bool {
    switch name {
    case "-q", "--quiet": options.messages.quiet = true
    case "-v", "--verbose": options.messages.verbose = true
    case "--json": options.messages.json = true
    case "-i", "--clear-env": options.environment.clearEnv = true
    case "-n", "--name": return Self.set(&options.job.name, takeValue())
    case "-C", "--cwd": return Self.set(&options.job.directory, takeValue())
    case "--umask":
      return Self.set(&options.job.umask, takeText().flatMap(FileMode.init(argument:)))
    case "-s", "--signal":
      return Self.set(&options.stop.signal, takeText().flatMap(SignalArgument.init(argument:)))
    case "-k", "--grace":
      return Self.set(&options.stop.grace, takeText().flatMap(TimeSpan.init(argument:)))
    case "--status-fd":
      return Self.set(&options.messages.statusFd, takeText().flatMap { Int32($0) })
    case "--socket": return Self.set(&options.socket, takeValue())
    case "--stdin":
      return Self.set(&options.job.stdin, takeText().flatMap(StandardInputMode.init))
    case "--wait": return Self.replace(&options.job.wait, takeText().flatMap(ScopeArgument.init))
    case "--stop-scope":
      return Self.replace(&options.stop.stopScope, takeText().flatMap(ScopeArgument.init))
    case "-u", "--unset": return Self.append(takeValue(), to: &options.environment.unset)
    case "-E", "--env": return Self.append(takeValue(), to: &options.environment.env)
    default: return false
    }
    return true
  }

  /// What stands behind the option in its word; otherwise the next word, unless it may be another option.
  private mutating func takeValue() -> OSString? {
    if let bytes = attached {
      attached = nil
      return OSString(bytes: Array(bytes.first == equals ? bytes.dropFirst() : bytes))
    }
    guard let word = rest.popFirst(), !word.isOption else { return nil }
    return word
  }

  private mutating func takeText() -> String? { takeValue()?.text }

  // Each answers whether there is a value.

  private static func set<Value>(_ option: inout Value?, _ value: Value?) -> Bool {
    guard let value else { return false }
    option = value
    return true
  }

  private static func replace<Value>(_ option: inout Value, _ value: Value?) -> Bool {
    guard let value else { return false }
    option = value
    return true
  }

  private static func append(_ value: OSString?, to option: inout [OSString]) -> Bool {
    guard let value else { return false }
    option.append(value)
    return true
  }
}

extension OSString {
  /// A `-` alone is none.
  fileprivate var isOption: Bool { bytes.first == dash && bytes.count > 1 }
}

private let dash = UInt8(ascii: "-")
private let equals = UInt8(ascii: "=")
