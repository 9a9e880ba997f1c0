internal import Glibc
internal import LinuxSystem

// A job whose warden was killed: its processes have become the daemon's children, among those of others.

extension WardenTree {
  /// How often those who are left are killed: each round can only miss what was forked during the one
  /// before.
  private static let killRounds = 100

  /// Those whose environment says that they are of this job.
  ///
  /// proc(5): the environment that a program was started with, whatever it has changed since.
  func strays() throws(SystemError) -> [Int32] {
    // A daemon that was itself started by a job has that one's marks, as have its wardens.
    let own = try SmallFile.read("/proc/self/environ")
    return try ProcessTree.descendants(of: getpid()).filter { isMarked($0, unless: own) }
  }

  private func isMarked(_ pid: Int32, unless own: [UInt8]) -> Bool {
    guard let environment = try? SmallFile.read("/proc/\(pid)/environ"), environment != own
    else { return false }
    let variables = environment.split(separator: 0)
    return !marks.isEmpty && marks.allSatisfy { variables.contains($0[...]) }
  }

  func killStrays() throws(SystemError) {
    let own = try SmallFile.read("/proc/self/environ")
    for _ in 0..<Self.killRounds {
      let pids = try strays()
      if pids.isEmpty { return }
      for pid in pids {
        // Opened before it is looked at again: then it is the one that is seen, or gone.
        guard let pidfd = try? Pidfd.open(pid), isMarked(pid, unless: own) else { continue }
        try? pidfd.send(.kill)
      }
    }
  }
}
