internal import CLinux
public import SystemPackage

extension OwnedDescriptor {
  /// Another descriptor of the same open file. fcntl(2), F_DUPFD_CLOEXEC
  ///
  /// - Parameter first: The lowest number that it may have: none of the standard streams', unless told otherwise.
  public static func duplicate(
    of raw: FileDescriptor, from first: FileDescriptor = FileDescriptor(rawValue: 3)
  ) throws(SystemError) -> OwnedDescriptor {
    let answer = clinux_duplicate(raw.rawValue, first.rawValue)
    return OwnedDescriptor(adopting: try descriptor(answer, "duplicate a descriptor"))
  }
}
