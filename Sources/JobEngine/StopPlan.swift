public import JobProtocol

/// How a job's processes are asked to end, everything decided.
public struct StopPlan: Hashable, Sendable {
  /// Number of the signal; `nil` sends none.
  public var signal: Int32?
  public var scope: Scope
  /// Close the job's standard input to ask.
  public var closesInput: Bool
  /// Microseconds from asking to killing; 0 doesn't ask at all.
  public var gracePeriod: Int

  public init(signal: Int32?, scope: Scope, closesInput: Bool, gracePeriod: Int) {
    self.signal = signal
    self.scope = scope
    self.closesInput = closesInput
    self.gracePeriod = gracePeriod
  }
}

/// How a job is to be asked instead of as its own plan says.
public enum SignalOverride: Hashable, Sendable {
  /// By the signal of this number.
  case signal(Int32)
  /// By none.
  case noSignal

  /// What becomes of a plan's signal.
  var signal: Int32? { if case .signal(let number) = self { number } else { nil } }
}

/// Why a job is being stopped, and by whom.
enum StopReason: Hashable, Sendable {
  /// The main process has exited and left others behind.
  case mainExited
  case disconnected
  case requested(Requester)
  case shutdown
}
