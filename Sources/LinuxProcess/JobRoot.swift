internal import CLinux
public import LinuxSystem
internal import SystemPackage

/// The cgroup under which the leaf of every job is: `jobs`, in a cgroup that is the daemon's.
///
/// Nothing but leaves is in it, so that controllers can be enabled there (a cgroup that has
/// processes of its own can't pass controllers on) and so that one write kills every job.
public struct JobRoot: ~Copyable, Sendable {
  /// The name of the cgroup that all leaves are in.
  static let jobsName = "jobs"

  /// Whose the cgroup is that `jobs` is in.
  enum Ownership: Sendable {
    /// Given to the daemon by whoever started it, who also removes it.
    case delegated
    /// Made by the daemon under this name: it is removed in the end.
    case made(name: String)
  }

  let base: Cgroup
  let jobs: Cgroup
  let ownership: Ownership
  let accounting = Accounting()
  /// How processes are made here, if that was tried when the place was chosen.
  var triedMethod: SpawnMethod?

  init(base: consuming Cgroup, jobs: consuming Cgroup, ownership: Ownership) {
    self.base = base
    self.jobs = jobs
    self.ownership = ownership
  }

  /// The name of the cgroup that the daemon made, if it did.
  var madeName: String? { if case .made(let name) = ownership { name } else { nil } }

  /// Where it is below the root of the hierarchy: `/system.slice/jobd.service/jobs`.
  public var path: String { jobs.path }

  /// Whether a job's process lives, of whichever daemon.
  public borrowing func isPopulated() throws(SystemError) -> Bool { try jobs.isPopulated() }

  /// Removes all leaves, `jobs`, and what the daemon made above it: at its end.
  ///
  /// EBUSY, and nothing lost, while something lives.
  public borrowing func remove() throws(SystemError) {
    try jobs.removeNested()
    try base.remove(child: Self.jobsName)
    if let name = madeName {
      let parent = try base.openParent()
      _ = try checked(
        unsafe clinux_remove_cgroup(parent.raw.rawValue, name), "remove cgroup", base.path)
    }
  }
}
