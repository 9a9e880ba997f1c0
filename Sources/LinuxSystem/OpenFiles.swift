internal import CLinux

/// What this process has open.
public enum OpenFiles {
  /// How many descriptors there are. proc(5), `/proc/self/fd`
  public static func count() throws(SystemError) -> Int {
    Int(try checked(Int(clinux_open_descriptors()), "count descriptors"))
  }
}
