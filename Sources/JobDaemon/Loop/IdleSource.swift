import CSystemd
import LinuxSystem

/// Calls back once, when it was asked for and nothing else is to be done. Ends with its last reference.
///
/// sd_event_add_defer(3)
@safe final class IdleSource {
  private let handler: () -> Void
  private var source: OpaquePointer?

  init(_ loop: EventLoop, handler: @escaping () -> Void) throws(SystemError) {
    self.handler = handler
    let answer = unsafe sd_event_add_defer(
      loop.event, &source, IdleSource.callback, Unmanaged.passUnretained(self).toOpaque())
    try checkedEvent(answer, "sd_event_add_defer")
    unsafe sd_event_source_set_priority(source, Priority.idle.rawValue)
    unsafe sd_event_source_set_enabled(source, Int32(SD_EVENT_OFF))
  }

  isolated deinit {
    unsafe sd_event_source_disable_unref(source)
  }

  /// Calls back in a turn of the loop in which nothing comes before it.
  func ask() {
    unsafe sd_event_source_set_enabled(source, Int32(SD_EVENT_ONESHOT))
  }

  private nonisolated static let callback: sd_event_handler_t = { _, context in
    let source = unsafe Unmanaged<IdleSource>.fromOpaque(context!)
    MainActor.assumeIsolated {
      let source = unsafe source.takeUnretainedValue()
      source.handler()
    }
    return 0
  }
}
