internal import ArgumentParser
internal import JobProtocol
internal import Varlink

/// A job's number, completed by the shell from those that there are.
struct JobID: ExpressibleByArgument {
  let value: Int

  init?(argument: String) {
    guard let value = Int(argument), value >= 0 else { return nil }
    self.value = value
  }

  static var defaultCompletionKind: CompletionKind {
    .custom { words, _, _ in (try? known(to: socket(in: words))) ?? [] }
  }

  /// What a line that isn't finished names by `--socket`.
  private static func socket(in words: [String]) -> OSString? {
    let option = "--socket"
    var value: String?
    for (index, word) in words.enumerated() {
      if word.hasPrefix(option + "=") { value = String(word.dropFirst(option.count + 1)) }
      if word == option, index + 1 < words.count { value = words[index + 1] }
    }
    return value.flatMap(RawArgument.init(argument:))?.value
  }

  private static func known(to socket: OSString?) throws -> [String] {
    var service = try ServiceConnection(to: JobdSocket(option: socket))
    let reply = try service.call(.list, ListParameters(finished: false).wire)
    return try Jobs(reply).values.map { "\($0.id)" }
  }
}
