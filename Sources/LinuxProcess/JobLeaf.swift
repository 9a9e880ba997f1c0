internal import CLinux
public import LinuxSystem
public import SystemPackage

/// The cgroup of one job: every process that it starts is in it, or in one that it makes in it.
///
/// Dropping this value closes the directory and leaves the cgroup: it goes by ``remove()``.
public struct JobLeaf: ~Copyable, Sendable {
  /// What became of a removal.
  public enum Removal: Hashable, Sendable {
    case removed
    /// As a rule EBUSY: a process lives, or is just dying, in it. To be tried again.
    case busy(Errno)
  }

  let cgroup: Cgroup
  /// Its name in `jobs`.
  public let name: String
  let accounting: Accounting

  /// Makes a new leaf.
  ///
  /// Throws EEXIST for a name that is in use: names are never used twice. EAGAIN when a
  /// limit of cgroups is reached.
  public static func create(
    in root: borrowing JobRoot, name: String
  ) throws(SystemError) -> JobLeaf {
    try create(in: root.jobs, name: name, root.accounting)
  }

  static func create(
    in parent: borrowing Cgroup, name: String, _ accounting: Accounting = Accounting()
  ) throws(SystemError) -> JobLeaf {
    JobLeaf(
      cgroup: try parent.child(name, exclusive: true), name: name, accounting: accounting)
  }

  private init(cgroup: consuming Cgroup, name: String, accounting: Accounting) {
    self.cgroup = cgroup
    self.name = name
    self.accounting = accounting
  }

  /// Where it is below the root of the hierarchy: `/jobd-x/jobs/17`.
  public var path: String { cgroup.path }

  /// Whether a process of the job lives.
  public borrowing func isPopulated() throws(SystemError) -> Bool { try cgroup.isPopulated() }

  /// Opens `cgroup.events`, for EPOLLPRI. See ``Cgroup/openEvents()`` for what it can't tell.
  public borrowing func openEvents() throws(SystemError) -> OwnedDescriptor {
    try cgroup.openEvents()
  }

  /// Lets a frozen job run.
  public borrowing func thaw() { cgroup.thaw() }

  /// Removes the leaf if there is no cgroup in it, by one system call.
  ///
  /// - Returns: False if that didn't do: ``remove()`` tells why.
  public borrowing func removeIfFlat() -> Bool {
    unsafe clinux_rmdir(cgroup.directory.raw.rawValue, "../\(name)") == 0
  }

  /// Removes the leaf with all cgroups that the job made in it, however deep. One that is gone
  /// already is removed.
  public borrowing func remove() -> Removal {
    let parent: OwnedDescriptor
    do {
      parent = try cgroup.openParent()
    } catch {
      return error.errno == .noSuchFileOrDirectory ? .removed : .busy(error.errno)
    }
    let answer = unsafe clinux_remove_cgroup(parent.raw.rawValue, name)
    return answer < 0 ? .busy(Errno(rawValue: -answer)) : .removed
  }
}
