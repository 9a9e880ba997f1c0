internal import CLinux
public import SystemPackage

extension OwnedDescriptor {
  /// Another descriptor of the same open file. fcntl(2), F_DUPFD_CLOEXEC
  public static func duplicate(of raw: FileDescriptor) throws(SystemError) -> OwnedDescriptor {
    let answer = clinux_duplicate(raw.rawValue)
    return OwnedDescriptor(adopting: try descriptor(answer, "duplicate a descriptor"))
  }
}
