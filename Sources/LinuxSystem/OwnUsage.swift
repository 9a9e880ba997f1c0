internal import Glibc

/// What this process itself has used.
///
/// getrusage(2)
public enum OwnUsage {
  /// Its largest resident set so far, in bytes.
  public static var peakResidentBytes: Int {
    var usage = rusage()
    // Can't fail: the address is valid, and everybody may ask of himself.
    _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }
}
