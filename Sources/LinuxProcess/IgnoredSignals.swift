public import LinuxSystem
internal import SystemPackage

/// The signals that this process ignores, which execve(2) would leave ignored in a child.
public enum IgnoredSignals {
  /// Whether this process ignores a signal.
  public static func contains(_ signal: Signal) throws(SystemError) -> Bool {
    try current() & 1 << (signal.rawValue - 1) != 0
  }

  /// Signal n as bit n - 1.
  static func current() throws(SystemError) -> UInt64 {
    let status = try SmallFile.readText("/proc/self/status")
    let line = status.split(separator: "\n").first { $0.hasPrefix("SigIgn:") }
    guard let value = line?.split(separator: "\t").last, let mask = UInt64(value, radix: 16) else {
      throw SystemError("read SigIgn from", "/proc/self/status", errno: .invalidArgument)
    }
    return mask
  }

  /// Ignored by every daemon that writes to sockets, if not yet when it was asked.
  static let always: UInt64 = 1 << (Signal.pipe.rawValue - 1)
}
