internal import CLinux
internal import LinuxSystem
internal import SystemPackage

/// A file as it is: another one, or the same with other contents, isn't equal.
///
/// statx(2)
struct ProgramFile: Hashable {
  let device: LocalMounts.Device
  private let inode: UInt64
  private let changedNanoseconds: Int64

  /// `nil` for what is no regular file.
  init?(_ found: clinux_file) {
    guard found.is_regular else { return nil }
    device = LocalMounts.Device(found)
    inode = found.inode
    changedNanoseconds = found.changed_nsec
  }
}

extension LocalMounts.Device {
  init(_ found: clinux_file) {
    self.init(major: found.major, minor: found.minor)
  }
}

extension clinux_file {
  /// What is open.
  init?(_ file: FileDescriptor) {
    self.init()
    guard unsafe clinux_look_at(file.rawValue, &self) == 0 else { return nil }
  }
}
