internal import CLinux
public import SystemPackage

/// A lock on an open file: held until the last copy of the descriptor is closed, in whichever process.
///
/// flock(2)
public enum FileLock {
  /// - Returns: False where somebody else has it.
  public static func tryLock(_ file: FileDescriptor) throws(SystemError) -> Bool {
    let answer = clinux_try_lock(file.rawValue)
    if answer == -Errno.wouldBlock.rawValue { return false }
    _ = try checked(answer, "flock")
    return true
  }

  /// Waits a little before another attempt. nanosleep(2)
  public static func sleep(milliseconds: Int32) {
    clinux_sleep(milliseconds)
  }

  /// Whether the path still leads to the open file.
  public static func isFile(
    _ file: FileDescriptor, at path: String
  ) throws(SystemError) -> Bool {
    try checked(unsafe clinux_is_file(file.rawValue, path), "stat", path) == 1
  }
}
