import CSystemd
import LinuxSystem

/// Calls back at a moment. Ends with its last reference.
///
/// sd_event_add_time(3)
@safe final class TimerSource {
  /// Microseconds that a call may be late. 0 would mean sd-event's default, 250 ms.
  private static let accuracyUSec: UInt64 = 1

  private let handler: () -> Void
  private var source: OpaquePointer?
  private var armedFor: Int?

  init(
    _ loop: EventLoop, priority: Priority = .normal, handler: @escaping () -> Void
  ) throws(SystemError) {
    self.handler = handler
    let answer = unsafe sd_event_add_time(
      loop.event, &source, CLOCK_MONOTONIC, 0, TimerSource.accuracyUSec, TimerSource.callback,
      Unmanaged.passUnretained(self).toOpaque())
    try checkedEvent(answer, "sd_event_add_time")
    unsafe sd_event_source_set_priority(source, priority.rawValue)
    unsafe sd_event_source_set_enabled(source, Int32(SD_EVENT_OFF))
  }

  isolated deinit {
    unsafe sd_event_source_disable_unref(source)
  }

  /// Calls back once at that moment, in monotonic microseconds; at once if it has passed. `nil`: never.
  func arm(at moment: Int?) {
    guard moment != armedFor else { return }
    armedFor = moment
    if let moment {
      unsafe sd_event_source_set_time(source, UInt64(max(moment, 0)))
      unsafe sd_event_source_set_enabled(source, Int32(SD_EVENT_ONESHOT))
    } else {
      unsafe sd_event_source_set_enabled(source, Int32(SD_EVENT_OFF))
    }
  }

  private nonisolated static let callback: sd_event_time_handler_t = { _, _, context in
    let source = unsafe Unmanaged<TimerSource>.fromOpaque(context!)
    MainActor.assumeIsolated {
      let source = unsafe source.takeUnretainedValue()
      source.armedFor = nil
      source.handler()
    }
    return 0
  }
}
