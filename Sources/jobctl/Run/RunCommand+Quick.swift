internal import ArgumentParser

// The parser of the library looks at every option of the command by reflection, which takes longer than all
// else that `jobctl run` does, the job of `true` included. So what is easily read is read here, and what isn't
// is left to the library: everything odd, everything wrong, all help.

extension RunCommand {
  /// The command that the arguments of `jobctl` say, exactly as the library would read them; `nil` where
  /// that is for the library to do.
  init?(quickly arguments: [String]) {
    guard arguments.first == "run" else { return nil }
    var options = QuickOptions(arguments.dropFirst())
    guard options.readAll() else { return nil }
    self.init()
    connection = options.connection
    job = options.job
    environment = options.environment
    stop = options.stop
    messages = options.messages
    words = options.rest.compactMap(RawArgument.init(argument:))
    guard words.count == options.rest.count, isValid() else { return nil }
  }

  private func isValid() -> Bool {
    do {
      try environment.validate()
      try messages.validate()
      try validate()
      return true
    } catch {
      return false
    }
  }
}

/// Options up to the first word that isn't one.
private struct QuickOptions {
  private(set) var rest: ArraySlice<String>
  private var seen: Set<PartialKeyPath<QuickOptions>> = []

  private(set) var connection = ConnectionOptions()
  private(set) var job = JobOptions()
  private(set) var environment = EnvironmentOptions()
  private(set) var stop = StopOptions()
  private(set) var messages = MessageOptions()

  init(_ arguments: ArraySlice<String>) {
    rest = arguments
    // What the library sets where nothing is said.
    connection.socket = nil
    (job.name, job.directory, job.umask, job.stdin, job.wait) = (nil, nil, nil, .inherit, .main)
    (environment.clearEnv, environment.unset, environment.env) = (false, [], [])
    (stop.signal, stop.stopScope, stop.grace) = (nil, .tree, nil)
    (messages.quiet, messages.verbose, messages.json, messages.statusFd) = (
      false, false, false, nil
    )
  }

  /// - Returns: Everything was understood.
  mutating func readAll() -> Bool {
    while let word = rest.first, word.hasPrefix("-"), word != "--" {
      guard read(word) else { return false }
    }
    return true
  }

  private mutating func read(_ word: String) -> Bool {
    switch word {
    case "-q", "--quiet": return take(flag: \.messages.quiet)
    case "-v", "--verbose": return take(flag: \.messages.verbose)
    case "--json": return take(flag: \.messages.json)
    case "-i", "--clear-env": return take(flag: \.environment.clearEnv)
    case "-n", "--name": return take(\.job.name)
    case "-C", "--cwd": return take(\.job.directory)
    case "--umask": return take(\.job.umask)
    case "-s", "--signal": return take(\.stop.signal)
    case "-k", "--grace": return take(\.stop.grace)
    case "--status-fd": return take(\.messages.statusFd)
    case "--socket": return take(\.connection.socket)
    case "--stdin": return take(\.job.stdin)
    case "--wait": return take(\.job.wait)
    case "--stop-scope": return take(\.stop.stopScope)
    case "-u", "--unset": return append(to: \.environment.unset)
    case "-E", "--env": return append(to: \.environment.env)
    default: return false
    }
  }

  private mutating func take(flag: WritableKeyPath<QuickOptions, Bool>) -> Bool {
    rest.removeFirst()
    self[keyPath: flag] = true
    return seen.insert(flag).inserted
  }

  private mutating func take<Value: ExpressibleByArgument>(
    _ option: WritableKeyPath<QuickOptions, Value?>
  ) -> Bool {
    guard let value: Value = takeValue() else { return false }
    self[keyPath: option] = value
    return seen.insert(option).inserted
  }

  private mutating func take<Value: ExpressibleByArgument>(
    _ option: WritableKeyPath<QuickOptions, Value>
  ) -> Bool {
    guard let value: Value = takeValue() else { return false }
    self[keyPath: option] = value
    return seen.insert(option).inserted
  }

  private mutating func append(to option: WritableKeyPath<QuickOptions, [RawArgument]>) -> Bool {
    guard let value: RawArgument = takeValue() else { return false }
    self[keyPath: option].append(value)
    return true
  }

  /// The word behind the option, unless it may be another option.
  private mutating func takeValue<Value: ExpressibleByArgument>() -> Value? {
    rest.removeFirst()
    guard let text = rest.popFirst(), !text.hasPrefix("-") else { return nil }
    return Value(argument: text)
  }
}
