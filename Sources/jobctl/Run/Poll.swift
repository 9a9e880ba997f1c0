internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Descriptors to be waited for, each for its becoming readable.
struct Poll {
  private var entries: [pollfd] = []

  mutating func add(_ descriptor: FileDescriptor) {
    entries.append(pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0))
  }

  /// Waits until one of them is readable, at its end or broken. poll(2)
  mutating func wait() throws(SystemError) {
    while unsafe poll(&entries, nfds_t(entries.count), -1) < 0 {
      guard errno == EINTR else { throw SystemError("poll", errno: Errno(rawValue: errno)) }
    }
  }

  /// Whether it was one of those that are.
  func isReady(_ descriptor: FileDescriptor) -> Bool {
    entries.contains { $0.fd == descriptor.rawValue && $0.revents != 0 }
  }
}
