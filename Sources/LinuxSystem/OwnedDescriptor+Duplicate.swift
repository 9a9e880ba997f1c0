internal import CLinux
internal import SystemPackage

extension OwnedDescriptor {
  /// Another descriptor of the same open file, for another owner. fcntl(2), F_DUPFD_CLOEXEC
  public borrowing func duplicate() throws(SystemError) -> OwnedDescriptor {
    let answer = clinux_duplicate(raw.rawValue)
    return OwnedDescriptor(adopting: try descriptor(answer, "duplicate a descriptor"))
  }
}
