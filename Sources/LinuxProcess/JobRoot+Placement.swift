internal import Glibc
internal import LinuxSystem
internal import SystemPackage

extension JobRoot {
  /// Where the daemon is to look for a place.
  public enum Placement: Hashable, Sendable {
    /// In its own cgroup where that was delegated to it, else wherever it may make one.
    ///
    /// The tag tells this daemon's from others': made of what only one daemon can have, its
    /// socket's path.
    case automatic(tag: String)
    /// In its own cgroup, whether or not that is marked as delegated.
    case delegated
    /// In this cgroup, by its path in the hierarchy or in the file system; made if it isn't there.
    case inside(path: String)
  }

  /// Finds and makes the place for jobs, and tries it out with a process.
  ///
  /// To be called before there are other processes or threads to confuse: in a delegated cgroup
  /// the daemon moves itself.
  public static func open(
    _ placement: Placement, in hierarchy: CgroupHierarchy
  ) throws(JobRootError) -> JobRoot {
    switch placement {
    case .delegated:
      return try one(hierarchy.own) { () throws(SystemError) in try delegated(in: hierarchy) }
    case .inside(let text):
      let path = hierarchy.path(named: text)
      return try one(path) { () throws(SystemError) in try inside(path, hierarchy) }
    case .automatic(let tag):
      if isDelegated(in: hierarchy) { return try open(.delegated, in: hierarchy) }
      return try byHand(tag: tag, in: hierarchy)
    }
  }

  /// Makes the place for jobs in a cgroup that is wholly the daemon's and in which, or in
  /// whose `supervisor`, the daemon is: after it was moved to a scope of its own, for instance.
  public static func prepare(
    under path: String, in hierarchy: CgroupHierarchy
  ) throws(JobRootError) -> JobRoot {
    try one(path) { () throws(SystemError) in try delegated(base: path, hierarchy) }
  }

  private static func one(
    _ place: String, _ body: () throws(SystemError) -> JobRoot
  ) throws(JobRootError) -> JobRoot {
    do {
      return try body()
    } catch {
      throw .noPlace([.init(place: place, reason: "\(error)")])
    }
  }

  private static func inside(
    _ path: String, _ hierarchy: CgroupHierarchy
  ) throws(SystemError) -> JobRoot {
    if path == hierarchy.own { return try delegated(in: hierarchy) }
    do {
      let base = try hierarchy.open(path)
      try refuseRoot(base)
      let jobs = try base.child(jobsName)
      jobs.thaw()
      return JobRoot(base: base, jobs: jobs, ownership: .delegated)
    } catch let error where error.errno == .noSuchFileOrDirectory {
      guard let parent = path.parentCgroup else { throw error }
      return try made(in: try hierarchy.open(parent), name: String(path.lastCgroupName))
    }
  }

  /// Tries the root of the hierarchy, for root; our own cgroup; and those that it is in. The
  /// kernel lets a process be put into a cgroup only by who may also write to the nearest
  /// cgroup that it has in common with the one where it comes from: hence the trial.
  private static func byHand(
    tag: String, in hierarchy: CgroupHierarchy
  ) throws(JobRootError) -> JobRoot {
    var attempts: [JobRootError.Attempt] = []
    for place in places(in: hierarchy) {
      do {
        var root = try made(in: try hierarchy.open(place), name: "jobd-\(tag)")
        do {
          root.triedMethod = try root.probe()
          return root
        } catch {
          attempts.append(.init(place: place, reason: "\(error)"))
          try root.remove()
        }
      } catch {
        attempts.append(.init(place: place, reason: "\(error)"))
      }
    }
    throw .noPlace(attempts)
  }

  static func places(in hierarchy: CgroupHierarchy, isRoot: Bool = geteuid() == 0) -> [String] {
    var places = isRoot ? [hierarchy.top] : []
    var place: String? = hierarchy.own
    while let path = place {
      if !places.contains(path), hierarchy.mount.relativePath(of: Array(path.utf8)) != nil {
        places.append(path)
      }
      place = path.parentCgroup
    }
    return places
  }

  private static func made(
    in parent: borrowing Cgroup, name: String
  ) throws(SystemError) -> JobRoot {
    let base = try parent.child(name)
    let jobs = try base.child(jobsName)
    // A child born in a frozen cgroup would never come to execute anything.
    base.thaw()
    return JobRoot(base: base, jobs: jobs, ownership: .made(name: name))
  }
}
