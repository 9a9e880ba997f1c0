import LinuxSystem
import Logging
import SystemPackage

/// Reaps processes of jobs whose parents died and that became the daemon's children: where it is process 1
/// of a container, was made the subreaper by whoever started it, or holds jobs without control groups and
/// one's warden was killed.
///
/// Where jobs have control groups it doesn't make itself the subreaper: a job that forks without end leaves
/// orphans by the ten thousand in a second; a daemon that has to reap them among the processes that starve
/// it of the processor comes to kill the job too late, when the machine has no process id left. (A test
/// with five such jobs of 200 processes on two processors ended so.)
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

  private let mainExited: (Int32) -> Bool
  private let log: Logger
  private var source: SignalSource?

  /// - Parameter mainExited: Reaps a main process of that pid; false if it is none.
  init(
    _ loop: EventLoop, log: Logger, mainExited: @escaping (Int32) -> Bool
  ) throws(SystemError) {
    self.mainExited = mainExited
    self.log = log
    source = try SignalSource(loop, .childExited) { [unowned self] in reap() }
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
    while let pid = exitedChild() {
      if mainExited(pid) { continue }
      let seen = suspect?.pid == pid ? suspect?.spawnsBegun ?? spawnsBegun : spawnsBegun
      if let oldest = spawnsUnderWay.first, oldest <= seen {
        suspect = (pid, seen)
        return
      }
      suspect = nil
      _ = try? Orphans.reap(pid)
    }
    suspect = nil
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
