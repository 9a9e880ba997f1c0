public import LinuxSystem
internal import SystemPackage

extension JobRoot {
  /// What an earlier daemon had left.
  public struct Leftovers: Hashable, Sendable {
    /// Leaves that were found.
    public var leaves = 0
    /// Processes that survived SIGKILL, at most ``JobRoot/reportedProcesses``. Their leaves remain.
    public var stuck: [LeafProcess] = []
    /// Leaves that are still there, though nobody need live in them.
    public var remaining = 0
  }

  /// How long to go on removing cgroups in which nobody lives: the kernel refuses that for some milliseconds,
  /// and for as long as somebody keeps the directory busy, which is nothing to wait for.
  static let removalSeconds = 2

  /// How many processes a report names at most.
  public static let reportedProcesses = 32

  /// Kills what an earlier daemon left and removes it: before the first job.
  ///
  /// Waits for the processes to be gone, at most `patience` seconds, and then no longer than ``removalSeconds``.
  public borrowing func sweep(patience seconds: Int = 30) throws(SystemError) -> Leftovers {
    var leftovers = Leftovers()
    leftovers.leaves = try Subdirectories.names(in: jobs.directory.raw).count
    let isPopulated = try jobs.isPopulated()
    if leftovers.leaves == 0 && !isPopulated { return leftovers }
    jobs.thaw()
    var patience = Patience(seconds: seconds)
    var removalPatience: Patience?
    var isPatient: Bool
    repeat {
      try jobs.write("1", to: "cgroup.kill")
      if try !jobs.waitUntilEmpty(&patience) { break }
      do {
        try jobs.removeNested()
        return leftovers
      } catch let error where error.errno == .resourceBusy {
        var untilRemoved = removalPatience ?? Patience(seconds: Self.removalSeconds)
        isPatient = untilRemoved.wait(for: nil, events: 0)
        removalPatience = untilRemoved
      }
    } while isPatient
    try? jobs.removeNested()
    leftovers.stuck = jobs.processes(limit: Self.reportedProcesses)
    leftovers.remaining = try Subdirectories.names(in: jobs.directory.raw).count
    return leftovers
  }
}
