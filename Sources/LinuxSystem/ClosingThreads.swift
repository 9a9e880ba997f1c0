internal import Synchronization
internal import SystemPackage

/// Threads that close descriptors, as many as it takes.
///
/// Where no thread can be made, those at work go on with what waits, or the next that is to be closed brings one; without
/// a single thread whoever closes waits.
final class ClosingThreads: Sendable {
  /// More than so many that wait hold up those that come after.
  private static let threadsMax = 512
  /// A job's three streams are closed by threads that are there.
  private static let idleMax = 3
  /// They call close(2), and little else.
  private static let stackBytes = 256 * 1024

  private let turns = Mutex(ClosingTurns(threadsMax: threadsMax, idleMax: idleMax))
  /// Counts the threads that are to wake up.
  private let wakeUps = Semaphore()
  /// Where somebody has decided that.
  private let rank = try? Scheduling.Rank.decided()
  private let closed: @Sendable () -> Void

  /// - Parameter closed: Called for each that was closed.
  init(closed: @escaping @Sendable () -> Void) {
    self.closed = closed
  }

  func close(_ descriptor: FileDescriptor) {
    bring(turns.withLock { $0.close(descriptor) })
  }

  /// Calls a thread for what waits, should none be on its way.
  func reinforce() {
    bring(turns.withLock { $0.reinforce() })
  }

  private func bring(_ reinforcement: ClosingTurns.Reinforcement?) {
    switch reinforcement {
    case nil: break
    case .wake: wakeUps.post()
    case .make:
      do {
        try DetachedThread.start(rank, stackBytes: Self.stackBytes) { [self] in work() }
      } catch {
        for descriptor in turns.withLock({ $0.reinforcementFailed() }) {
          try? descriptor.close()
          closed()
        }
      }
    }
  }

  private func work() {
    try? rank?.take()
    var step = turns.withLock { $0.arrived() }
    while true {
      switch step {
      case .close(let descriptor, let calling):
        bring(calling)
        try? descriptor.close()
        closed()
        step = turns.withLock { $0.next() }
      case .sleep:
        wakeUps.wait()
        step = turns.withLock { $0.arrived() }
      case .leave: return
      }
    }
  }
}
