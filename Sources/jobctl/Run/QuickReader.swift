internal import JobProtocol

// The library looks at every option of every command by reflection, and asks the runtime for the
// conformances of their types: both take longer than all else that `jobctl run` does, the job of `true`
// included. So what is easily read is read here, and what isn't is left to the library: everything odd,
// everything wrong, all help. Nothing here may touch a type of the library's, or be generic at run time.

extension RunOptions {
  /// What the arguments of `jobctl` say, exactly as the library would read them; `nil` where that is for
  /// the library to do.
  init?(quickly arguments: [[UInt8]]) {
    var reader = QuickReader(rest: arguments.compactMap(OSString.init(bytes:))[...])
    guard reader.readCommand(), reader.readAll(), reader.options.problem == nil else { return nil }
    self = reader.options
  }
}

/// Reads options up to the first word that isn't one.
private struct QuickReader {
  private(set) var options = RunOptions()
  private var rest: ArraySlice<OSString>
  /// Those that have a value when nothing is said, once they were read.
  private var (hasStdin, hasWait, hasStopScope) = (false, false, false)

  init(rest: ArraySlice<OSString>) {
    self.rest = rest
  }

  /// Steps over `run`, and the one option that may stand before it.
  ///
  /// - Returns: That is what it is.
  mutating func readCommand() -> Bool {
    if rest.first == "--socket" {
      rest.removeFirst()
      guard read("--socket") else { return false }
    }
    return rest.popFirst() == "run"
  }

  /// - Returns: Everything was understood.
  mutating func readAll() -> Bool {
    while let word = rest.first, word.bytes.first == UInt8(ascii: "-"), word != "--" {
      rest.removeFirst()
      guard let option = word.text, read(option) else { return false }
    }
    options.words = Array(rest)
    return true
  }

  private mutating func read(_ option: String) -> Bool {
    switch option {
    case "-q", "--quiet": Self.set(&options.messages.quiet)
    case "-v", "--verbose": Self.set(&options.messages.verbose)
    case "--json": Self.set(&options.messages.json)
    case "-i", "--clear-env": Self.set(&options.environment.clearEnv)
    case "-n", "--name": Self.set(&options.job.name, takeValue())
    case "-C", "--cwd": Self.set(&options.job.directory, takeValue())
    case "--umask": Self.set(&options.job.umask, takeText().flatMap(FileMode.init(argument:)))
    case "-s", "--signal":
      Self.set(&options.stop.signal, takeText().flatMap(SignalArgument.init(argument:)))
    case "-k", "--grace":
      Self.set(&options.stop.grace, takeText().flatMap(TimeSpan.init(argument:)))
    case "--status-fd": Self.set(&options.messages.statusFd, takeText().flatMap { Int32($0) })
    case "--socket": Self.set(&options.socket, takeValue())
    case "--stdin":
      Self.set(&options.job.stdin, takeText().flatMap(StandardInputMode.init), &hasStdin)
    case "--wait": Self.set(&options.job.wait, takeText().flatMap(ScopeArgument.init), &hasWait)
    case "--stop-scope":
      Self.set(&options.stop.stopScope, takeText().flatMap(ScopeArgument.init), &hasStopScope)
    case "-u", "--unset": Self.append(takeValue(), to: &options.environment.unset)
    case "-E", "--env": Self.append(takeValue(), to: &options.environment.env)
    default: false
    }
  }

  /// The word behind the option, unless it may be another option.
  private mutating func takeValue() -> OSString? {
    guard let word = rest.popFirst(), word.bytes.first != UInt8(ascii: "-") else { return nil }
    return word
  }

  private mutating func takeText() -> String? { takeValue()?.text }

  // Each answers whether that is all that there is to say: an option given twice, or without a value that
  // can be understood, is the library's.

  private static func set(_ flag: inout Bool) -> Bool {
    defer { flag = true }
    return !flag
  }

  private static func set<Value>(_ option: inout Value?, _ value: Value?) -> Bool {
    guard option == nil, let value else { return false }
    option = value
    return true
  }

  private static func set<Value>(
    _ option: inout Value, _ value: Value?, _ wasSet: inout Bool
  ) -> Bool {
    guard let value else { return false }
    option = value
    return set(&wasSet)
  }

  private static func append(_ value: OSString?, to option: inout [OSString]) -> Bool {
    guard let value else { return false }
    option.append(value)
    return true
  }
}
