internal import LinuxSystem

/// What the signals that `jobctl run` gets do to its job.
///
/// | signal           | the first                   | the second | the third         |
/// |------------------|-----------------------------|------------|-------------------|
/// | SIGINT, SIGQUIT  | asks, with the same signal  | kills      | jobctl leaves     |
/// | SIGTERM, SIGHUP  | asks, with the same signal  | nothing    | nothing           |
///
/// SIGINT and SIGQUIT are counted together: both are somebody at a keyboard. The other two are
/// not counted, as they come twice by themselves: timeout(1) signals its child and then its whole
/// process group, and a terminal that goes hangs up its foreground group, whereupon the shell hangs
/// up its jobs.
struct Interruption {
  enum Action: Equatable {
    /// Ask the job to end.
    case cancel(Signal)
    /// Kill the job.
    case kill(Signal)
    /// Wait no longer.
    case leave(Signal)
    case nothing
  }

  /// Those that jobctl passes on.
  static let signals: [Signal] = [.hangup, .interrupt, .quit, .terminate]

  private var fromKeyboard = 0
  private var passedOn: Set<Signal> = []

  /// The signal that was passed on first.
  private(set) var first: Signal?

  mutating func received(_ signal: Signal) -> Action {
    if first == nil { first = signal }
    guard signal == .interrupt || signal == .quit else {
      return passedOn.insert(signal).inserted ? .cancel(signal) : .nothing
    }
    fromKeyboard += 1
    switch fromKeyboard {
    case 1: return .cancel(signal)
    case 2: return .kill(signal)
    default: return .leave(signal)
    }
  }
}
