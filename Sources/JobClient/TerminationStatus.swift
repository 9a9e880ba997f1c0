public import JobProtocol
public import LinuxSystem

/// How a job's main process ended.
public enum TerminationStatus: Sendable, Hashable {
  /// By itself, with this code.
  case exited(Int)
  /// By a signal.
  case signaled(Signal)

  /// Whether it exited with 0.
  public var isSuccess: Bool { self == .exited(0) }
}

extension JobResult {
  /// How the main process ended; `nil` if it was never started, or survived SIGKILL. It doesn't
  /// say why the job ended: that is the ``cause``.
  public var terminationStatus: TerminationStatus? {
    if let exitStatus { return .exited(exitStatus) }
    return exitSignal.flatMap(Signal.init(parsing:)).map(TerminationStatus.signaled)
  }
}
