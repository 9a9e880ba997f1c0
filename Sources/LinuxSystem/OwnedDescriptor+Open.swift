internal import CLinux
public import SystemPackage

extension OwnedDescriptor {
  /// Opens a file, CLOEXEC, relative to an open directory where one is given.
  ///
  /// openat(2)
  public static func open(
    _ name: String, in directory: FileDescriptor? = nil,
    _ mode: FileDescriptor.AccessMode = .readOnly, options: FileDescriptor.OpenOptions = []
  ) throws(SystemError) -> OwnedDescriptor {
    let flags = mode.rawValue | options.rawValue
    let answer = unsafe clinux_openat(directory?.rawValue ?? clinux_at_fdcwd(), name, flags, 0o600)
    return OwnedDescriptor(adopting: try descriptor(answer, "open", name))
  }

  /// Opens a file by a path of any bytes.
  public static func open(
    path: FilePath, _ mode: FileDescriptor.AccessMode = .readOnly,
    options: FileDescriptor.OpenOptions = []
  ) throws(SystemError) -> OwnedDescriptor {
    let flags = mode.rawValue | options.rawValue
    let answer = unsafe path.withPlatformString {
      unsafe clinux_openat(clinux_at_fdcwd(), $0, flags, 0o600)
    }
    return OwnedDescriptor(adopting: try descriptor(answer, "open", path.string))
  }

  /// Makes reads and writes answer EAGAIN instead of waiting.
  ///
  /// This is a property of the open file, not of the descriptor: whoever else has a copy of it
  /// sees the same. fcntl(2)
  public borrowing func setNonblocking() throws(SystemError) {
    _ = try checked(clinux_set_nonblocking(raw.rawValue), "fcntl")
  }
}
