internal import CLinux
internal import LinuxSystem
internal import SystemPackage

extension Cgroup {
  /// How deep the cgroups in a leaf are looked at. A job that nests them deeper is killed and
  /// removed all the same; only asking, thawing and listing stop here, for the sake of the stack
  /// and of the descriptors, one for each level.
  static let deepestLevel = 64

  /// Visits this cgroup and those below it, as far as they can be opened, parents first.
  borrowing func forEach(_ body: (borrowing Cgroup) -> Void) {
    forEach(level: 0, body)
  }

  /// Whether there is a cgroup in this one. Also where that can't be told.
  borrowing func hasNested() -> Bool { clinux_has_nested_cgroup(directory.raw.rawValue) }

  private borrowing func forEach(level: Int, _ body: (borrowing Cgroup) -> Void) {
    body(self)
    guard level < Self.deepestLevel, hasNested(),
      let names = try? Subdirectories.names(in: directory.raw)
    else { return }
    for name in names {
      guard let opened = try? Subdirectories.open(name, in: directory.raw) else { continue }
      let nested = Cgroup(directory: opened, path: child(named: Subdirectories.text(name)))
      nested.forEach(level: level + 1, body)
    }
  }
}
