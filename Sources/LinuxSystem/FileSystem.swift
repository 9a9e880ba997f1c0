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

  /// Makes a directory with these permissions, whatever the umask; one that is there stays as it is.
  /// mkdir(2)
  public static func makeDirectory(_ path: String, permissions: UInt32) throws(SystemError) {
    _ = try checked(unsafe clinux_make_directory(path, permissions), "make directory", path)
  }
}
