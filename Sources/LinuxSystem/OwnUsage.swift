internal import Glibc

/// What this process itself has used.
///
/// getrusage(2)
public struct OwnUsage: Sendable {
  /// As of the last time that the kernel was asked.
  private var peak = 0

  public init() {}

  /// Whether its resident set has at any time been as large as that, in bytes.
  public mutating func hasReached(_ bytes: Int) -> Bool {
    // It only grows.
    if bytes > peak { peak = Self.peakResidentBytes }
    return bytes <= peak
  }

  private static var peakResidentBytes: Int {
    var usage = rusage()
    // Can't fail: the address is valid, and everybody may ask of himself.
    _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }
}
