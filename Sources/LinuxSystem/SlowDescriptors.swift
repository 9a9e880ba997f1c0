internal import Synchronization
internal import SystemPackage

/// Descriptors that others have opened, and that it may take long to close.
///
/// close(2) of a file on a server, or on a FUSE file system, waits for an answer, of each copy; of a deleted file, until it
/// is freed. The last close of a pipe waits for whoever moves something through it, that of a terminal for who writes to
/// it, that of a socket that lingers for its peer, and a Unix socket's closes the descriptors that nobody has received. So
/// it is done on threads, and who makes a process sees to it that this has no copies where it can be the one to wait.
///
/// Where no thread can be made, those at work go on with what waits, or the next that is held or closed brings one; without
/// a single thread whoever closes waits.
public enum SlowDescriptors {
  /// More than so many that wait hold up those that come after.
  private static let threadsMax = 512
  /// A job's three streams are closed by threads that are there.
  private static let idleMax = 3
  /// They call close(2), and little else.
  private static let stackBytes = 256 * 1024

  private struct State {
    /// Those that a process shouldn't have a copy of.
    var held = 0
    var turns: ClosingTurns
  }

  private static let state = Mutex(
    State(turns: ClosingTurns(threadsMax: threadsMax, idleMax: wakeUps == nil ? 0 : idleMax)))

  /// Counts the threads that are to wake up: each read takes one.
  private static let wakeUps = (try? EventCounter.make(takesOne: true))?.release()

  /// Where somebody has decided that.
  private static let rank = try? Scheduling.Rank.decided()

  /// To be called where there are descriptors still, by a thread that has the rank that those that close are to have;
  /// otherwise the first that is closed does it.
  public static func prepare() {
    _ = wakeUps
    _ = rank
  }

  /// There are some of which a process that has a copy may be the one to wait: all whose every close may take long, and
  /// those that are being closed here, where the copy may be the last one.
  public static var areHeld: Bool { state.withLock { $0.held > 0 } }

  /// Takes one over, which gets another number if it has a low one.
  static func hold(_ descriptor: FileDescriptor, _ closing: Closing) -> FileDescriptor {
    bring(
      state.withLock { state in
        if closing == .eachWaits { state.held += 1 }
        return state.turns.reinforce()
      })
    guard let copy = LowNumbers.copyBehind(descriptor) else { return descriptor }
    if closing == .eachWaits { state.withLock { $0.held += 1 } }
    close(descriptor, closing)
    return copy.release()
  }

  /// Closes one that wasn't held before, of which the last close may take long.
  static func take(over descriptor: FileDescriptor) {
    close(hold(descriptor, .lastWaits), .lastWaits)
  }

  /// Closes one that is held.
  static func close(_ descriptor: FileDescriptor, _ closing: Closing) {
    bring(
      state.withLock { state in
        if closing == .lastWaits { state.held += 1 }
        return state.turns.close(descriptor)
      })
  }

  private static func bring(_ reinforcement: ClosingTurns.Reinforcement?) {
    switch reinforcement {
    case nil: break
    case .wake: if let wakeUps { EventCounter.add(wakeUps) }
    case .make:
      do {
        try DetachedThread.start(rank, stackBytes: stackBytes) { work() }
      } catch {
        for descriptor in state.withLock({ $0.turns.reinforcementFailed() }) {
          try? descriptor.close()
          state.withLock { $0.held -= 1 }
        }
      }
    }
  }

  private static func work() {
    try? rank?.take()
    var step = state.withLock { $0.turns.arrived() }
    while true {
      switch step {
      case .close(let descriptor, let calling):
        bring(calling)
        try? descriptor.close()
        step = state.withLock { state in
          state.held -= 1
          return state.turns.next()
        }
      case .sleep:
        if let wakeUps { EventCounter.take(wakeUps) }
        step = state.withLock { $0.turns.arrived() }
      case .leave: return
      }
    }
  }
}
