internal import CLinux
internal import LinuxSystem
internal import SystemPackage

extension Cgroup {
  /// Removes every cgroup in this one, however deep.
  borrowing func removeNested() throws(SystemError) {
    _ = try checked(
      clinux_remove_nested_cgroups(directory.raw.rawValue), "remove cgroups in", path)
  }

  /// The directory that it is in, to remove it from: by way of "..", so that no descriptor has to
  /// be kept for that.
  borrowing func openParent() throws(SystemError) -> OwnedDescriptor {
    try OwnedDescriptor.open("..", in: directory.raw, options: .directory)
  }

  /// Removes a cgroup in this one, with all that are in it. One that is gone is no error.
  borrowing func remove(child name: String) throws(SystemError) {
    let answer = unsafe clinux_remove_cgroup(directory.raw.rawValue, name)
    _ = try checked(answer, "remove cgroup", child(named: name))
  }
}
