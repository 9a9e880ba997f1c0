import LinuxSystem
import Logging
import SystemPackage

/// Reaps processes of jobs whose parents died and that became the daemon's children.
///
/// The daemon makes itself the subreaper of its jobs, so that they leave no zombies where init doesn't reap or comes
/// late, if it goes before all ordinary processes. Otherwise not: a job that forks without end leaves orphans as
/// fast as they can be reaped, and the kernel wakes their parent for each. A daemon that shares the processor
/// evenly has then none left when the job's line ends, and came to kill it after 36 to 150 ms, 900 ms at worst.
/// (docs/performance.md)
///
/// It reaps when there is nothing else to do, no more than some in one turn of the loop. After each turn it rests,
/// and isn't woken meanwhile: a large tree that is killed leaves its orphans one by one, and who hears of each takes
/// from the others the processor that they need to die; and every main process that ends is told here, too.
/// (docs/performance.md)
///
/// A main process is not its to reap: that is done by pidfd, and tells how it ended. One that was made on a
/// thread, and ended before the loop has heard of it, looks like an orphan: so a child that nobody knows
/// is taken for one only once every spawn that was under way when it was seen has been reported.
final class OrphanReaper {
  private var spawnsBegun = 0
  /// Numbers of the spawns under way, oldest first.
  private var spawnsUnderWay: [Int] = []
  /// A child that nobody knows, and how many spawns had begun when it was seen.
  private var suspect: (pid: Int32, spawnsBegun: Int)?

  /// Processes reaped in one turn of the loop.
  private static let reapsPerTurn = 128
  /// Microseconds. A storm leaves a hundred orphans in this time.
  private static let restPeriod = 20_000
  /// The same where there were more than were reaped.
  private static let shortRestPeriod = 5_000

  private let mainExited: (Int32) -> Bool
  private let log: Logger
  private let signals: SignalDescriptor
  private var source: IOSource?
  /// Says when a rest is over.
  private var rest: TimerSource?
  private var isResting: Bool { source?.events.isEmpty ?? false }
  /// There may be others besides those that were reaped, of which no signal tells.
  private var hasMore = false

  /// - Parameters:
  ///   - adopts: The daemon becomes the subreaper.
  ///   - mainExited: Reaps a main process of that pid; false if it is none.
  init(
    _ loop: EventLoop, adopts: Bool, log: Logger, mainExited: @escaping (Int32) -> Bool
  ) throws(SystemError) {
    self.mainExited = mainExited
    self.log = log
    if adopts { try Orphans.adopt() }
    signals = try SignalDescriptor([.childExited])
    source = try IOSource(loop, signals.raw, .input, priority: .idle) { [unowned self] _ in
      _ = try? signals.next()
      reap()
    }
    rest = try TimerSource(loop, priority: .idle) { [unowned self] in
      source?.events = .input
      if hasMore { reap() }
    }
  }

  // Before the descriptor that it watches is closed.
  isolated deinit {
    source = nil
  }

  func spawnBegan() -> Int {
    spawnsBegun += 1
    spawnsUnderWay.append(spawnsBegun)
    return spawnsBegun
  }

  /// The spawn was reported: its process is known from now on.
  func spawnReported(_ number: Int) {
    if let index = spawnsUnderWay.firstIndex(of: number) { spawnsUnderWay.remove(at: index) }
    if suspect != nil { reap() }
  }

  private func reap() {
    if isResting { return }
    var reaped = 0
    while reaped < Self.reapsPerTurn, let pid = exitedChild() {
      if mainExited(pid) { continue }
      let seen = suspect?.pid == pid ? suspect?.spawnsBegun ?? spawnsBegun : spawnsBegun
      if let oldest = spawnsUnderWay.first, oldest <= seen {
        suspect = (pid, seen)
        return
      }
      suspect = nil
      _ = try? Orphans.reap(pid)
      reaped += 1
    }
    suspect = nil
    hasMore = reaped == Self.reapsPerTurn
    source?.events = []
    rest?.arm(at: Moment.monotonic + (hasMore ? Self.shortRestPeriod : Self.restPeriod))
  }

  private func exitedChild() -> Int32? {
    do {
      return try Orphans.exitedChild()
    } catch {
      // ECHILD: there is none at all.
      if error.errno != .noChildProcess { log.error("looking for orphans failed: \(error)") }
      return nil
    }
  }
}
