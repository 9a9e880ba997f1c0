import LinuxSystem
import Synchronization
import SystemPackage

/// What the loop and the threads have in common: work that waits, and numbers of what is done.
nonisolated final class WorkQueue: Sendable {
  /// Readable while there is work that is done.
  let finished: OwnedDescriptor

  private let turns: Mutex<WorkTurns>
  /// Counts the threads that are to wake up: each read takes one.
  private let wakeUps: OwnedDescriptor

  /// The loop's, where somebody has decided that.
  private let rank: Scheduling.Rank?

  /// - Parameter atOnce: Work that is done at one time, what takes long not counted.
  init(atOnce: Int, threadsMax: Int) throws(SystemError) {
    rank = try Scheduling.Rank.decided()
    turns = Mutex(WorkTurns(atOnce: atOnce, threadsMax: threadsMax))
    wakeUps = try EventCounter.make(takesOne: true)
    finished = try EventCounter.make(takesOne: false, nonblocking: true)
  }

  // MARK: on the loop

  /// - Returns: Some work waits for its turn, and is to be looked at before long. ``look()``
  func submit(_ work: Work) -> Bool {
    bring(turns.withLock { $0.submit(work) })
    return waits
  }

  /// Some work waits for its turn.
  var waits: Bool { turns.withLock { $0.waitsForTurn } }

  /// What was under way at two looks takes long: as much else may be done at one time.
  ///
  /// - Returns: Some work waits still, and is to be looked at again.
  func look() -> Bool {
    turns.withLock { $0.age() }
    while let reinforcement = turns.withLock({ $0.reinforce() }), bring(reinforcement) {}
    return turns.withLock { $0.waitsForTurn && !$0.isHeldUp }
  }

  var isCrowded: Bool { turns.withLock { $0.isCrowded } }

  func takeFinished() -> [Int] {
    EventCounter.take(finished.raw)
    return turns.withLock { $0.takeFinished() }
  }

  /// - Returns: There is one more thread at work.
  @discardableResult private func bring(_ reinforcement: WorkTurns.Reinforcement?) -> Bool {
    switch reinforcement {
    case nil: return true
    case .wake:
      EventCounter.add(wakeUps.raw)
      return true
    case .make:
      if startThread() { return true }
      // Without a single thread it is done here: late is better than never.
      for work in turns.withLock({ $0.reinforcementFailed() }) { perform(work) { _ in } }
      return false
    }
  }

  private func startThread() -> Bool {
    do {
      try DetachedThread.start(rank) { [self] in work() }
      return true
    } catch {
      return false
    }
  }

  // MARK: on a thread

  /// A thread works until the process ends.
  private func work() {
    // Its nice value, and that it doesn't hand it down. Without it they are somewhat slower.
    try? rank?.take()
    while true {
      var next = turns.withLock { $0.awoken() }
      while let work = next { next = perform(work) { $0.next(after: work) } }
      EventCounter.take(wakeUps.raw)
    }
  }

  /// Does work and says so, and finds at the same time what is next.
  private func perform<Next: Sendable>(
    _ work: Work, then next: (inout WorkTurns) -> Next
  ) -> Next {
    work.perform()
    let (isFirst, next) = turns.withLock { ($0.finish(work), next(&$0)) }
    if isFirst { EventCounter.add(finished.raw) }
    return next
  }
}
