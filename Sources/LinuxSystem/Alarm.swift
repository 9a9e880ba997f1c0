internal import CLinux
internal import SystemPackage

/// A timer in the kernel with a descriptor: to set it wakes nobody.
///
/// timerfd_create(2), CLOCK_MONOTONIC
public struct Alarm: ~Copyable, Sendable {
  private let timer: OwnedDescriptor

  public init() throws(SystemError) {
    timer = OwnedDescriptor(adopting: try descriptor(clinux_alarm(), "timerfd_create"))
  }

  /// - Parameter microseconds: At least one. What was set before doesn't come any more.
  public borrowing func set(after microseconds: Int) {
    clinux_alarm_set(timer.raw.rawValue, microseconds)
  }

  /// Waits until it goes off, once for each time that it was set.
  public borrowing func wait() { clinux_event_counter_take(timer.raw.rawValue) }
}
