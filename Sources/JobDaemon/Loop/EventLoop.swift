import CSystemd
import LinuxSystem
import SystemPackage

/// The one loop of the daemon: sd-event.
///
/// sd-event(3)
@safe final class EventLoop {
  let event: OpaquePointer
  /// Whether more is to be done than can be: the loop then rests before it waits, so that it isn't woken for each
  /// thing that happens, which takes the processor from those who are to do it. (docs/performance.md)
  var isCrowded: () -> Bool = { false }
  /// Microseconds.
  private static let restPeriod = 1_000

  init() throws(SystemError) {
    var event: OpaquePointer?
    try unsafe checkedEvent(sd_event_default(&event), "sd_event_default")
    guard let event = unsafe event else { throw SystemError("sd_event_default", errno: .noMemory) }
    unsafe self.event = event
  }

  isolated deinit {
    unsafe sd_event_unref(event)
  }

  /// Works until ``exit(_:)``.
  ///
  /// - Returns: What was given to `exit`.
  func run() throws(SystemError) -> Int32 {
    while unsafe sd_event_get_state(event) != SD_EVENT_FINISHED { try turn() }
    var code: Int32 = 0
    try checkedEvent(unsafe sd_event_get_exit_code(event, &code), "sd_event_get_exit_code")
    return code
  }

  private func turn() throws(SystemError) {
    var ready = unsafe sd_event_prepare(event)
    try checkedEvent(ready, "sd_event_prepare")
    if ready == 0 {
      if isCrowded() { SystemClock.sleep(Self.restPeriod) }
      ready = unsafe sd_event_wait(event, UInt64.max)
      try checkedEvent(ready, "sd_event_wait")
    }
    if ready > 0 { try checkedEvent(unsafe sd_event_dispatch(event), "sd_event_dispatch") }
  }

  /// Ends ``run()`` once the handler that is being called has returned.
  func exit(_ code: Int32) {
    unsafe sd_event_exit(event, code)
  }
}

/// Who goes first when several are ready in one turn of the loop.
enum Priority: Int64 {
  /// What ended, before what wants to begin: an exit frees a slot, the end of a line a job.
  case exits = -20
  case lines = -10
  case normal = 0
  /// New connections wait until the old ones are served.
  case accepting = 10
  /// What others wait for comes before what nobody waits for.
  case idle = 20
}

/// sd-event answers with a negative errno.
func checkedEvent(_ answer: Int32, _ operation: String) throws(SystemError) {
  if answer < 0 { throw SystemError(operation, errno: Errno(rawValue: -answer)) }
}
