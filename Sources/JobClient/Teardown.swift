public import JobProtocol
public import LinuxSystem

/// How a job's processes are asked to end, before what is left of them is killed.
public struct Teardown: Sendable, Hashable {
  /// `nil` sends none. SIGCONT follows, so that a stopped process hears it.
  public var signal: Signal?
  /// Who gets the signal.
  public var scope: Scope
  /// Holds a pipe open as the job's standard input, and closes it to ask: for tools that end by
  /// themselves at the end of their input. Goes with no other standard input.
  public var closesStandardInput: Bool
  /// How long the processes may take; zero kills them at once. At most an hour.
  public var gracePeriod: Duration

  public init(
    signal: Signal? = .terminate, scope: Scope = .tree, closesStandardInput: Bool = false,
    gracePeriod: Duration = .seconds(5)
  ) {
    self.signal = signal
    self.scope = scope
    self.closesStandardInput = closesStandardInput
    self.gracePeriod = gracePeriod
  }

  var context: StopContext {
    StopContext(
      signal: signal?.name ?? "none", scope: scope,
      closeStandardInput: closesStandardInput ? true : nil,
      gracePeriodUSec: gracePeriod.microseconds)
  }
}
