internal import CLinux
internal import SystemPackage

/// Files by path.
public enum FileSystem {
  /// Removes a file; one that is gone is no error. unlink(2)
  public static func remove(_ path: String) throws(SystemError) {
    do {
      _ = try checked(unsafe clinux_unlink(path), "remove", path)
    } catch let error where error.errno == .noSuchFileOrDirectory {
      return
    }
  }

  /// Whether a socket is there, or something else; `nil` where nothing is. A symbolic link is something else, unless it
  /// is to be followed. stat(2)
  public static func isSocket(
    _ path: String, following: Bool = false
  ) throws(SystemError) -> Bool? {
    let answer = unsafe clinux_is_socket(path, following)
    if answer == -Errno.noSuchFileOrDirectory.rawValue { return nil }
    return try checked(answer, "stat", path) == 1
  }

  /// Makes a directory with these permissions, whatever the umask; one that is there stays as it is.
  /// mkdir(2)
  public static func makeDirectory(_ path: String, permissions: UInt32) throws(SystemError) {
    _ = try checked(unsafe clinux_make_directory(path, permissions), "make directory", path)
  }
}
