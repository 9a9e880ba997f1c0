import CSystemd
import LinuxSystem

/// Calls back when the process gets a signal, which must be blocked. Ends with its last reference.
///
/// sd_event_add_signal(3)
@safe final class SignalSource {
  private let handler: () -> Void
  private var source: OpaquePointer?

  init(
    _ loop: EventLoop, _ signal: Signal, priority: Priority = .normal,
    handler: @escaping () -> Void
  ) throws(SystemError) {
    self.handler = handler
    let answer = unsafe sd_event_add_signal(
      loop.event, &source, signal.rawValue, SignalSource.callback,
      Unmanaged.passUnretained(self).toOpaque())
    try checkedEvent(answer, "sd_event_add_signal")
    unsafe sd_event_source_set_priority(source, priority.rawValue)
  }

  isolated deinit {
    unsafe sd_event_source_disable_unref(source)
  }

  private nonisolated static let callback: sd_event_signal_handler_t = { _, _, context in
    let source = unsafe Unmanaged<SignalSource>.fromOpaque(context!)
    MainActor.assumeIsolated {
      let source = unsafe source.takeUnretainedValue()
      source.handler()
    }
    return 0
  }
}
