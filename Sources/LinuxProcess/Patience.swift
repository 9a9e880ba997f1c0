internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Waiting with an end to it, for what is done before the daemon's loop runs.
struct Patience {
  private let end: Int
  private var delayMilliseconds: Int32 = 1
  private static let longestDelayMilliseconds: Int32 = 256

  init(seconds: Int) {
    end = SystemClock.monotonicUSec() + seconds * 1_000_000
  }

  /// Waits for a file to report something, or for a moment, each longer than the one before.
  /// Answers whether it is worth looking again.
  ///
  /// The kernel reports changes of a cgroup late, up to ten milliseconds and more, so a report only
  /// shortens the wait.
  mutating func wait(for file: FileDescriptor?, events: Int32) -> Bool {
    guard SystemClock.monotonicUSec() < end else { return false }
    var watched = pollfd(fd: file?.rawValue ?? -1, events: Int16(events), revents: 0)
    _ = unsafe poll(&watched, 1, delayMilliseconds)
    delayMilliseconds = min(delayMilliseconds * 2, Self.longestDelayMilliseconds)
    return true
  }
}

extension Cgroup {
  /// Waits until no process lives in it; `false` when patience ended.
  borrowing func waitUntilEmpty(_ patience: inout Patience) throws(SystemError) -> Bool {
    let events = try openEvents()
    while try isPopulated(reading: events) {
      guard patience.wait(for: events.raw, events: Int32(POLLPRI)) else { return false }
    }
    return true
  }

  /// By the descriptor that is polled: its reading is what arms the next report.
  private borrowing func isPopulated(
    reading events: borrowing OwnedDescriptor
  ) throws(SystemError) -> Bool {
    let size = 256
    let file = events.raw
    let text = try systemCall("read", "\(path)/cgroup.events") {
      try unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        count = try unsafe file.read(
          fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
      }
    }
    return FlatKeyed(text)["populated"] != 0
  }
}
