public import LinuxSystem

extension JobRoot {
  /// A controller that can't be had: limits and accounting of its kind are missing, nothing else.
  public struct MissingController: Hashable, Sendable {
    /// `memory`, say.
    public var name: String
    /// Why it was refused.
    public var error: SystemError
  }

  private static let wanted = ["cpu", "memory", "pids", "io"]

  /// Enables for leaves what controllers there are; answers those that are there and were refused.
  ///
  /// To be called after ``sweep(patience:)``, since a process directly in `jobs` prevents it. The
  /// service manager may have disabled them again when the daemon was restarted.
  public borrowing func enableControllers() -> [MissingController] {
    let available = (try? base.read("cgroup.controllers"))?.split(whereSeparator: \.isWhitespace)
    let names = Self.wanted.filter { available?.contains($0[...]) ?? false }
    var missing: [MissingController] = []
    for name in names {
      do {
        try base.enable(name)
        try jobs.enable(name)
      } catch {
        missing.append(MissingController(name: name, error: error))
      }
    }
    return missing
  }
}

extension Cgroup {
  /// Passes a controller on to the cgroups in this one.
  borrowing func enable(_ controller: String) throws(SystemError) {
    let enabled = try read("cgroup.subtree_control").split(whereSeparator: \.isWhitespace)
    guard !enabled.contains(controller[...]) else { return }
    try write("+\(controller)", to: "cgroup.subtree_control")
  }
}
