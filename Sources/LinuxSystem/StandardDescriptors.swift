internal import SystemPackage

/// Descriptors 0, 1 and 2.
public enum StandardDescriptors {
  /// Opens `/dev/null` as those that are closed: otherwise the next file or socket that is opened is
  /// taken for standard output by whoever writes to that.
  public static func ensureOpen() throws(SystemError) {
    while true {
      let null = try OwnedDescriptor.open("/dev/null", .readWrite)
      guard null.raw.rawValue <= 2 else { return }
      _ = null.release()
    }
  }
}
