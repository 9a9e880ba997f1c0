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

/// Why a job is being stopped, and by whom.
enum StopReason: Hashable, Sendable {
  /// The main process has exited and left others behind.
  case mainExited
  case disconnected
  case requested(Requester)
  case shutdown
}
