internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Descriptors to be waited for.
struct Poll {
  /// What a descriptor is to become.
  enum Event {
    /// Readable.
    case input
    /// Writable.
    case output

    fileprivate var bits: Int16 { Int16(self == .input ? POLLIN : POLLOUT) }
  }

  private var entries: [pollfd] = []

  mutating func add(_ descriptor: FileDescriptor, _ event: Event = .input) {
    entries.append(pollfd(fd: descriptor.rawValue, events: event.bits, revents: 0))
  }

  /// Waits until one of them is ready, at its end or broken. poll(2)
  ///
  /// - Parameter end: When not to wait any longer, in microseconds of the monotonic clock.
  /// - Returns: One of them is.
  @discardableResult
  mutating func wait(until end: Int? = nil) throws(SystemError) -> Bool {
    while true {
      let count = unsafe poll(&entries, nfds_t(entries.count), Self.milliseconds(until: end))
      if count > 0 { return true }
      if count < 0 {
        guard errno == EINTR else { throw SystemError("poll", errno: Errno(rawValue: errno)) }
      } else if let end, SystemClock.monotonicUSec() >= end {
        return false
      }
    }
  }

  /// Whether it was one of those that are.
  func isReady(_ descriptor: FileDescriptor) -> Bool {
    entries.contains { $0.fd == descriptor.rawValue && $0.revents != 0 }
  }

  /// Rounded up; -1 for no end.
  private static func milliseconds(until end: Int?) -> Int32 {
    guard let end else { return -1 }
    return Int32(clamping: max(0, end - SystemClock.monotonicUSec() + 999) / 1_000)
  }
}
