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
    .custom { _, _, _ in (try? known()) ?? [] }
  }

  private static func known() throws -> [String] {
    var service = try ServiceConnection(to: JobdSocket(option: nil))
    let reply = try service.call(.list, ListParameters(finished: false).wire)
    return try Jobs(reply).values.map { "\($0.id)" }
  }
}
