internal import Glibc
internal import SystemPackage

/// The nice value of the calling thread. Threads and processes that it makes inherit it.
///
/// setpriority(2), sched(7)
public enum NiceValue {
  /// The calling thread's.
  public static var current: Int32 { getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) }

  /// Sets the calling thread's: -20 goes first, 19 last.
  ///
  /// - Throws: EACCES where it would be raised in rank without CAP_SYS_NICE, beyond RLIMIT_NICE.
  public static func set(_ value: Int32) throws(SystemError) {
    guard setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, value) == 0 else {
      throw SystemError("setpriority", errno: Errno(rawValue: errno))
    }
  }
}
