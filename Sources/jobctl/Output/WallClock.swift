internal import Glibc

/// Moments of `CLOCK_REALTIME`, written for people.
enum WallClock {
  /// `2026-11-23 21:30:00 UTC`, in the user's time zone.
  static func text(microseconds: Int) -> String {
    var seconds = time_t(microseconds / 1_000_000)
    var fields = unsafe tm()
    // Unlike localtime(3), localtime_r(3) need not look at TZ by itself.
    tzset()
    guard unsafe localtime_r(&seconds, &fields) != nil else { return "\(seconds)" }
    return unsafe String(unsafeUninitializedCapacity: 64) { buffer in
      unsafe buffer.withMemoryRebound(to: CChar.self) { characters in
        unsafe strftime(characters.baseAddress!, characters.count, "%F %T %Z", &fields)
      }
    }
  }
}
