/// No place for jobs: what was tried, why each failed, and what can be done.
public struct JobRootError: Error, Hashable, Sendable {
  /// One place that was tried.
  public struct Attempt: Hashable, Sendable {
    /// The cgroup, by its path in the hierarchy.
    public var place: String
    /// Why it can't be that one.
    public var reason: String

    public init(place: String, reason: String) {
      self.place = place
      self.reason = reason
    }
  }

  /// What is wrong, in a line.
  public var summary: String
  /// The places that were tried, in this order.
  public var attempts: [Attempt] = []
  /// What can be done about it.
  public var advice: String

  /// The way out that costs something.
  private static let withoutCgroups =
    "Or do without, by --cgroup=none: processes are then held together by parentage alone, and what "
    + "kills its parent or takes on other credentials can outlive its job."

  static func noHierarchy(_ reason: String) -> JobRootError {
    JobRootError(
      summary: "no cgroup v2 hierarchy: \(reason)",
      advice: "Mount one (mount -t cgroup2 none DIRECTORY), or start the kernel with "
        + "systemd.unified_cgroup_hierarchy=1. \(withoutCgroups)")
  }

  static func noPlace(_ attempts: [Attempt]) -> JobRootError {
    JobRootError(
      summary: "no cgroup can be had for jobs", attempts: attempts,
      advice: "Start the daemon as a systemd service with Delegate=yes, or by "
        + "\"systemd-run --user --scope -p Delegate=yes\", or as root, or give it a cgroup that it "
        + "may write to. \(withoutCgroups)")
  }
}

extension JobRootError: CustomStringConvertible {
  public var description: String {
    let tried = attempts.map { "\n  \($0.place): \($0.reason)" }.joined()
    return "\(summary)\(tried)\n\(advice)"
  }
}
