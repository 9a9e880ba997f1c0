internal import Glibc
internal import SystemPackage

/// Keeps a directory from being removed: it is a mount point, and rmdir(2) answers EBUSY.
public final class BusyDirectory {
  private let mounted: ScratchDirectory
  private let path: String
  private var isMounted = true

  public init(_ path: String) throws {
    self.path = path
    mounted = try ScratchDirectory()
    guard unsafe mount(mounted.path, path, nil, UInt(MS_BIND), nil) == 0 else {
      throw Errno(rawValue: errno)
    }
  }

  deinit { release() }

  public func release() {
    guard isMounted else { return }
    isMounted = false
    _ = unsafe umount2(path, Int32(MNT_DETACH))
  }

  /// Whether this process may mount.
  public static let isPermitted: Bool = {
    guard let directory = try? ScratchDirectory() else { return false }
    return (try? BusyDirectory(directory.path)) != nil
  }()
}
