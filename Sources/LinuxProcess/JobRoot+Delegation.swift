internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// A cgroup that the service manager gave to the daemon, with all below it.
///
/// https://systemd.io/CGROUP_DELEGATION/
extension JobRoot {
  /// Where the daemon itself goes: a cgroup that passes controllers on can have no processes.
  private static let supervisorName = "supervisor"

  /// How often the processes of the base are moved away: a process can fork while it is moved.
  private static let moveRounds = 100

  /// Whether the service manager marked our cgroup, or the one of which it put us into a
  /// `supervisor` (DelegateSubgroup=, or we ourselves before a restart in place), as ours.
  static func isDelegated(in hierarchy: CgroupHierarchy) -> Bool {
    guard let base = try? hierarchy.open(delegatedBase(hierarchy)) else { return false }
    return ["trusted.delegate", "user.delegate"].contains { attribute in
      var value: UInt8 = 0
      let length = unsafe clinux_xattr(base.directory.raw.rawValue, attribute, &value, 1)
      return length == 1 && value == UInt8(ascii: "1")
    }
  }

  private static func delegatedBase(_ hierarchy: CgroupHierarchy) -> String {
    let own = hierarchy.own
    return own.lastCgroupName == supervisorName ? own.parentCgroup ?? own : own
  }

  static func delegated(in hierarchy: CgroupHierarchy) throws(SystemError) -> JobRoot {
    try delegated(base: delegatedBase(hierarchy), hierarchy)
  }

  static func delegated(
    base path: String, _ hierarchy: CgroupHierarchy
  ) throws(SystemError) -> JobRoot {
    let base = try hierarchy.open(path)
    try refuseRoot(base)
    let supervisor = try base.child(supervisorName)
    try moveProcesses(of: base, to: supervisor)
    let jobs = try base.child(jobsName)
    jobs.thaw()
    return JobRoot(base: base, jobs: jobs, ownership: .delegated)
  }

  /// The root of all control groups holds every process that nobody has put elsewhere, PID 1 and the kernel's own
  /// among them: it is delegated to nobody. Of its files `cgroup.events` is missing. (cgroup-v2.rst, Core Interface Files)
  static func refuseRoot(_ base: borrowing Cgroup) throws(SystemError) {
    do {
      _ = try base.openEvents()
    } catch let error where error.errno == .noSuchFileOrDirectory {
      throw SystemError(
        "take over the root of all control groups,", base.path, errno: .notPermitted)
    }
  }

  private static func moveProcesses(
    of base: borrowing Cgroup, to supervisor: borrowing Cgroup
  ) throws(SystemError) {
    for _ in 0..<moveRounds {
      let members = base.members()
      if members.isEmpty { return }
      for pid in members {
        do {
          try supervisor.write("\(pid)", to: "cgroup.procs")
        } catch let error where error.errno == .noSuchProcess {
          continue
        }
      }
    }
    throw SystemError("move all processes out of", base.path, errno: .resourceBusy)
  }
}
