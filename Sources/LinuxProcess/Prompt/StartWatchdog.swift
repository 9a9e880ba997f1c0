internal import LinuxSystem
internal import Synchronization

/// Ends a start that holds up the thread that makes it, and is to be made on another one then.
///
/// Whoever decides what may be executed can let the kernel wait for the answer (FAN_OPEN_EXEC_PERM, fanotify(7)), and
/// a file can have left the memory. A look costs the thread that starts no system call as long as starts follow
/// each other, and no other thread is woken for it.
final class StartWatchdog: Sendable {
  /// From look to look, as long as there are starts; a start that has taken half of it is ended. Microseconds.
  private static let period = 10_000

  private struct State {
    /// Where one is being made, and since when, in monotonic microseconds.
    var underWay: (leaf: LeafTree, since: Int)?
    /// It was ended.
    var isEnded = false
    /// There was one since the last look.
    var wasBusy = false
    /// There will be a look.
    var isSet = false
  }

  private let state = Mutex(State())
  private let alarm: Alarm
  /// The rank of the thread that starts, which everybody waits for.
  private let rank: Scheduling.Rank?

  init() throws(SystemError) {
    alarm = try Alarm()
    rank = try Scheduling.Rank.decided()
    // It goes on for as long as the process.
    try DetachedThread.start(rank) { [self] in watch() }
  }

  /// A start is about to be made.
  func begins(in leaf: LeafTree, at now: Int) {
    let wasSet = state.withLock { state in
      state.underWay = (leaf, now)
      state.isEnded = false
      state.wasBusy = true
      defer { state.isSet = true }
      return state.isSet
    }
    if !wasSet { alarm.set(after: Self.period) }
  }

  /// It was made, or wasn't.
  ///
  /// - Returns: It was ended: whatever it came to, no instruction of the program was executed.
  func isOver() -> Bool {
    state.withLock { state in
      state.underWay = nil
      return state.isEnded
    }
  }

  private func watch() {
    try? rank?.take()
    while true {
      alarm.wait()
      if look(at: SystemClock.monotonicUSec()) { alarm.set(after: Self.period) }
    }
  }

  /// - Returns: There is to be another look.
  private func look(at now: Int) -> Bool {
    state.withLock { state in
      if let (leaf, since) = state.underWay, !state.isEnded, now - since >= Self.period / 2 {
        state.isEnded = leaf.killUnborn()
      }
      state.isSet = state.wasBusy || state.underWay != nil
      state.wasBusy = false
      return state.isSet
    }
  }
}
