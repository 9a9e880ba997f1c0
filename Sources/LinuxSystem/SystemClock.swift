internal import Glibc

/// The kernel's clocks, in microseconds.
///
/// clock_gettime(2), clock_nanosleep(2)
public enum SystemClock {
  /// Time since some point in the past; never set back, and standing still while suspended.
  public static func monotonicUSec() -> Int { now(CLOCK_MONOTONIC) }

  /// Time since 1970-01-01 00:00 UTC, as far as the machine knows it.
  public static func realtimeUSec() -> Int { now(CLOCK_REALTIME) }

  /// Lets the calling thread sleep for so many microseconds, or until a signal is handled.
  public static func sleep(_ microseconds: Int) {
    var period = timespec(
      tv_sec: microseconds / 1_000_000, tv_nsec: microseconds % 1_000_000 * 1000)
    _ = unsafe clock_nanosleep(CLOCK_MONOTONIC, 0, &period, nil)
  }

  private static func now(_ clock: clockid_t) -> Int {
    var time = timespec()
    // Can't fail: both clocks always exist, and the address is valid.
    _ = unsafe clock_gettime(clock, &time)
    return Int(time.tv_sec) * 1_000_000 + Int(time.tv_nsec) / 1000
  }
}
