internal import CLinux
internal import LinuxSystem

/// Which processes descend from which, as /proc says.
enum ProcessTree {
  /// Room for so many more than were there when they were counted.
  private static let spare = 64

  /// The processes that descend from one and live, by pid. clinux_descendants
  static func descendants(of root: Int32) throws(SystemError) -> [Int32] {
    var capacity = spare
    while true {
      var count = 0
      let pids = unsafe [Int32](unsafeUninitializedCapacity: capacity) { buffer, initialized in
        count = unsafe clinux_descendants(root, buffer.baseAddress, capacity)
        initialized = max(0, min(count, capacity))
      }
      _ = try checked(Int32(clamping: count), "look for processes")
      if count <= capacity { return pids }
      capacity = count + spare
    }
  }
}
