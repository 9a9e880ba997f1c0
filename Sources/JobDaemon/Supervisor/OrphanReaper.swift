import LinuxProcess
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
/// It reaps when there is nothing else to do, no more than some in one turn of the loop. Afterwards it rests,
/// and isn't woken meanwhile: a large tree that is killed leaves its orphans one by one, and who hears of each takes
/// from the others the processor that they need to die; and every main process that ends is told here, too.
/// (docs/performance.md)
///
/// A main process is not its to reap: that is done by pidfd, and tells how it ended. One that was made on a
/// thread, and ended before the loop has heard of it, looks like an orphan: so a child that nobody knows and that
/// is in the leaf of a spawn under way is taken for one only once that has been reported. That is soon: the child
/// had been executed. A start that hangs, for long, holds up nothing, as its child hasn't.
///
/// Without control groups a main process is its warden's child, and the wardens are reaped here as orphans are: whoever
/// waits for the end of one does so by pidfd, for which it doesn't matter whether that was reaped. There a start is no
/// reason to leave anybody.
final class OrphanReaper {
  /// A main process being made on a thread, a child of the daemon's.
  private struct Spawn {
    let number: Int
    let controlGroup: String
  }

  private var spawnsBegun = 0
  /// Oldest first.
  private var spawnsUnderWay: [Spawn] = []
  /// A child that nobody knows, and how many spawns had begun when it was seen.
  private var suspect: (pid: Int32, spawnsBegun: Int)?

  /// Processes reaped in one turn of the loop: what else happens waits for as long as they take, 10 µs each.
  private static let reapsPerTurn = 32
  /// The same from rest to rest.
  private static let reapsInRow = 128
  /// Microseconds. A storm leaves a hundred orphans in this time.
  private static let restPeriod = 20_000
  /// The same where there were more than were reaped.
  private static let shortRestPeriod = 5_000

  private let isInLeaf: (String) -> Bool
  private let mainExited: (Int32) -> Bool
  private let log: Logger
  private let signals: SignalDescriptor
  private var source: IOSource?
  /// Says when a rest is over.
  private var rest: TimerSource?
  private var isResting: Bool { source?.events.isEmpty ?? false }
  /// There may be others besides those that were reaped, of which no signal tells.
  private var hasMore = false
  /// Since the last rest.
  private var reapedInRow = 0

  /// - Parameters:
  ///   - adopts: The daemon becomes the subreaper.
  ///   - isInLeaf: Whether a control group is a job's, or one that a job has made.
  ///   - mainExited: Reaps a main process of that pid; false if it is none.
  init(
    _ loop: EventLoop, adopts: Bool, log: Logger, isInLeaf: @escaping (String) -> Bool,
    mainExited: @escaping (Int32) -> Bool
  ) throws(SystemError) {
    self.isInLeaf = isInLeaf
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

  /// - Parameter controlGroup: The leaf that it is made in.
  func spawnBegan(in controlGroup: String) -> Int {
    spawnsBegun += 1
    spawnsUnderWay.append(Spawn(number: spawnsBegun, controlGroup: controlGroup))
    return spawnsBegun
  }

  /// The spawn was reported: its process is known from now on.
  func spawnReported(_ number: Int) {
    if let index = spawnsUnderWay.firstIndex(where: { $0.number == number }) {
      spawnsUnderWay.remove(at: index)
    }
    if suspect != nil { reap() }
  }

  private func reap() {
    if isResting { return }
    var reaped = 0
    while reaped < Self.reapsPerTurn, let pid = exitedChild() {
      if mainExited(pid) { continue }
      let seen = suspect?.pid == pid ? suspect?.spawnsBegun ?? spawnsBegun : spawnsBegun
      if mayBeMain(pid, ofOneOf: spawnsUnderWay.prefix { $0.number <= seen }) {
        suspect = (pid, seen)
        return
      }
      suspect = nil
      _ = try? Orphans.reap(pid)
      reaped += 1
    }
    suspect = nil
    hasMore = reaped == Self.reapsPerTurn
    reapedInRow += reaped
    source?.events = []
    var period = 0
    if !hasMore || reapedInRow >= Self.reapsInRow {
      period = hasMore ? Self.shortRestPeriod : Self.restPeriod
      reapedInRow = 0
    }
    rest?.arm(at: Moment.monotonic + period)
  }

  private func mayBeMain(_ pid: Int32, ofOneOf spawns: ArraySlice<Spawn>) -> Bool {
    if spawns.isEmpty { return false }
    // Where it has moved to, if it wasn't in any leaf when it ended.
    guard let place = LeafProcess.controlGroup(of: pid), isInLeaf(place) else { return true }
    return spawns.contains { place == $0.controlGroup || place.hasPrefix($0.controlGroup + "/") }
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
