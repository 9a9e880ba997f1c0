internal import JobProtocol

/// How a job ended, in words.
enum Outcome {
  /// A few words for a table: `exit 0`, `SIGTERM, requested`, `ENOENT`.
  static func brief(_ result: JobResult) -> String {
    let ending = ending(of: result)
    switch result.cause {
    case .exited, .signaled: return ending ?? result.cause.rawValue
    case .failedToStart: return result.startFailure?.errnoName ?? result.cause.rawValue
    default: return ending.map { "\($0), \(result.cause.rawValue)" } ?? result.cause.rawValue
    }
  }

  /// A sentence without its end: who or what ended the job, and how its main process went.
  ///
  /// - Parameter isOurs: it was cancelled by the one who is told.
  static func sentence(_ result: JobResult, isOurs: Bool = false) -> String {
    let ending = ending(of: result)
    var sentence: String
    switch result.cause {
    case .exited, .signaled: sentence = ending ?? "ended"
    case .failedToStart: sentence = result.startFailure?.message ?? "could not be started"
    case .disconnected where isOurs, .requested where isOurs: sentence = "canceled"
    case .disconnected: sentence = "canceled: its client went away"
    case .requested: sentence = "canceled" + (result.requestedBy.map(words) ?? "")
    case .oom: sentence = "out of memory"
    case .shutdown: sentence = "canceled: jobd stopped"
    case .stuck: sentence = "stuck: killed, and not gone: \(words(result.survivors ?? []))"
    }
    if let ending, result.cause != .exited, result.cause != .signaled { sentence += " (\(ending))" }
    if result.killed, result.cause != .stuck { sentence += "; what had not ended was killed" }
    return sentence
  }

  /// How the main process ended; `nil` if there never was one.
  private static func ending(of result: JobResult) -> String? {
    if let status = result.exitStatus { return "exit \(status)" }
    guard let signal = result.exitSignal else { return nil }
    return result.coreDumped == true ? "\(signal), core dumped" : signal
  }

  private static func words(_ requester: Requester) -> String {
    let words = " by process \(requester.pid) of user \(requester.uid)"
    return words + (requester.reason.map { ": " + Quoting.visible($0) } ?? "")
  }

  private static func words(_ survivors: [Survivor]) -> String {
    survivors.map { survivor in
      let sleeps = survivor.waitChannel.map { " in \($0)" } ?? ""
      return "\(survivor.pid) (\(Quoting.visible(survivor.command)), \(survivor.state)\(sleeps))"
    }.joined(separator: ", ")
  }
}
