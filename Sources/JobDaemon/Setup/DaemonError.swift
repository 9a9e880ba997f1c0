import LinuxProcess
import LinuxSystem

/// Why the daemon can't begin, for its administrator.
struct DaemonError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
