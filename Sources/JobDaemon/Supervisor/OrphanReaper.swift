import LinuxSystem
import Logging
import SystemPackage

/// Reaps processes of jobs whose parents died: the daemon is the subreaper of all that it starts, so that
/// nothing of a job is left even where init doesn't reap.
///
/// It reaps when there is nothing else to do, and some in one turn of the loop: a job that forks without
/// end leaves orphans as fast as they can be reaped, and the end of its line is not to wait for them.
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
  private static let reapsPerTurn = 32

  private let mainExited: (Int32) -> Bool
  private let log: Logger
  private var source: SignalSource?
  /// Brings the next turn.
  private var more: TimerSource?

  /// - Parameter mainExited: Reaps a main process of that pid; false if it is none.
  init(
    _ loop: EventLoop, log: Logger, mainExited: @escaping (Int32) -> Bool
  ) throws(SystemError) {
    self.mainExited = mainExited
    self.log = log
    try Orphans.adopt()
    source = try SignalSource(loop, .childExited, priority: .idle) { [unowned self] in reap() }
    more = try TimerSource(loop, priority: .idle) { [unowned self] in reap() }
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
    for _ in 0..<Self.reapsPerTurn {
      guard let pid = exitedChild() else { return suspect = nil }
      if mainExited(pid) { continue }
      let seen = suspect?.pid == pid ? suspect?.spawnsBegun ?? spawnsBegun : spawnsBegun
      if let oldest = spawnsUnderWay.first, oldest <= seen {
        suspect = (pid, seen)
        return
      }
      suspect = nil
      _ = try? Orphans.reap(pid)
    }
    more?.arm(at: Moment.monotonic)
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
