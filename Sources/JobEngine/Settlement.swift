internal import JobProtocol

/// What is still to be learned about a job without processes before it is told as finished.
struct Settlement: Hashable, Sendable {
  enum Outcome: Hashable, Sendable {
    /// Stopped before it was started.
    case neverStarted(StopReason)
    case failedToStart(StartFailure)
    /// The main process ended, and nobody had asked for it.
    case ended
    case stopped(StopReason)
    /// Processes survived SIGKILL.
    case stuck([Survivor], StopReason)
  }

  enum Leaf: Hashable, Sendable {
    case present
    case removed
    /// Could not be removed yet.
    case busy(retry: Recheck)
  }

  let outcome: Outcome
  var leaf = Leaf.present
  var usage: Usage?
  var isUsageRead: Bool
  var isOutputDrained = false
  /// When output is given up, because others wait for the end. Monotonic microseconds.
  var flushDeadline: Int?

  init(_ outcome: Outcome, isUsageRead: Bool) {
    self.outcome = outcome
    self.isUsageRead = isUsageRead
  }

  var isComplete: Bool { isUsageRead && isOutputDrained && leaf != .present }

  var isStuck: Bool {
    if case .stuck = outcome { true } else { false }
  }

  var nextDeadline: Int? {
    guard case .busy(let retry) = leaf else { return flushDeadline }
    return min(retry.at, flushDeadline ?? retry.at)
  }
}
