internal import Glibc

/// The kernel's clocks, in microseconds.
///
/// clock_gettime(2)
public enum SystemClock {
  /// Time since some point in the past; never set back, and standing still while suspended.
  public static func monotonicUSec() -> UInt64 { now(CLOCK_MONOTONIC) }

  /// Time since 1970-01-01 00:00 UTC, as far as the machine knows it.
  public static func realtimeUSec() -> UInt64 { now(CLOCK_REALTIME) }

  private static func now(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    // Can't fail: both clocks always exist, and the address is valid.
    _ = unsafe clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
  }
}
