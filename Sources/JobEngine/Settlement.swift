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
    case busy
  }

  let outcome: Outcome
  var leaf = Leaf.present
  var usage: Usage?
  var isUsageRead: Bool
  var isOutputDrained = false
  /// When output is given up, because the service stops. Monotonic microseconds.
  var flushDeadline: Int?

  init(_ outcome: Outcome, isUsageRead: Bool) {
    self.outcome = outcome
    self.isUsageRead = isUsageRead
  }

  var isComplete: Bool { isUsageRead && isOutputDrained && leaf != .present }

  var isStuck: Bool {
    if case .stuck = outcome { true } else { false }
  }
}
