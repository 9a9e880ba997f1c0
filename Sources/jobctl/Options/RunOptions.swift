internal import JobProtocol

/// What `jobctl run` was told, whoever has read it: ``RunCommand``, which is the library, or
/// ``QuickReader``.
struct RunOptions: Equatable {
  var socket: OSString?
  var job = JobOptions()
  var environment = EnvironmentOptions()
  var stop = StopOptions()
  var messages = MessageOptions()
  /// All words from the first that is no option on, a `--` before them included.
  var words: [OSString] = []

  var command: [OSString] {
    words.first == "--" ? Array(words.dropFirst()) : words
  }

  /// What is wrong with them, if anything is.
  var problem: String? {
    if let problem = environment.problem ?? messages.problem { return problem }
    if let word = words.first, word != "--", word.bytes.first == UInt8(ascii: "-") {
      return "Unknown option '\(word)'"
    }
    guard let program = command.first else { return "Missing command" }
    return program.bytes.isEmpty ? "The command is empty: ''" : nil
  }
}
