import CSystemd
import LinuxSystem
import SystemPackage

/// Calls back while a descriptor is ready, level-triggered. Ends with its last reference.
///
/// The descriptor stays its owner's, and must not be closed before the source is gone: epoll goes on
/// watching a closed one as long as another process has a copy, which every child has until it
/// executes, and reports it for a source that doesn't exist any more. Properties are destroyed in
/// the order of their declarations, so an owner's `deinit` lets go of the source itself.
/// sd_event_add_io(3), epoll(7)
@safe final class IOSource {
  /// What a descriptor can be ready for. epoll_ctl(2)
  struct Events: OptionSet {
    let rawValue: UInt32

    static let input = Events(rawValue: EPOLLIN.rawValue)
    static let output = Events(rawValue: EPOLLOUT.rawValue)
    static let priority = Events(rawValue: EPOLLPRI.rawValue)
    /// None that the kernel ever reports, as it does EPOLLPRI for as long as urgent data lie unread: only hang-ups.
    static let hangUpOnly = Events(rawValue: EPOLLMSG.rawValue)
    /// The peer has shut down its sending side, or all of it.
    static let readHangUp = Events(rawValue: EPOLLRDHUP.rawValue)
    /// Always reported, asked for or not.
    static let hangUp = Events(rawValue: EPOLLHUP.rawValue)
    /// Always reported, asked for or not.
    static let error = Events(rawValue: EPOLLERR.rawValue)
  }

  /// Microseconds until the kernel is asked once more to watch what it had no memory to watch.
  private static let retryDelay = 10_000

  private let loop: EventLoop
  private let handler: (Events) -> Void
  private var source: OpaquePointer?
  private var retry: TimerSource?

  init(
    _ loop: EventLoop, _ descriptor: FileDescriptor, _ events: Events,
    priority: Priority = .normal, handler: @escaping (Events) -> Void
  ) throws(SystemError) {
    self.loop = loop
    self.events = events
    self.handler = handler
    let answer = unsafe sd_event_add_io(
      loop.event, &source, descriptor.rawValue, events.rawValue, IOSource.callback,
      Unmanaged.passUnretained(self).toOpaque())
    try checkedEvent(answer, "sd_event_add_io")
    unsafe sd_event_source_set_priority(source, priority.rawValue)
    if events.isEmpty { unsafe sd_event_source_set_enabled(source, Int32(SD_EVENT_OFF)) }
  }

  /// What is waited for. None at all silences hang-ups, too.
  var events: Events {
    didSet {
      guard events != oldValue else { return }
      if !events.isEmpty { unsafe sd_event_source_set_io_events(source, events.rawValue) }
      if oldValue.isEmpty != events.isEmpty { enable() }
    }
  }

  /// One that isn't enabled isn't in the epoll set, and to be put back takes memory: ENOMEM, ENOSPC. Whoever
  /// waits for it would wait for ever.
  private func enable() {
    let enabled = Int32(events.isEmpty ? SD_EVENT_OFF : SD_EVENT_ON)
    let answer = unsafe sd_event_source_set_enabled(source, enabled)
    guard answer < 0 else { return retry = nil }
    if retry == nil { retry = try? TimerSource(loop) { [unowned self] in enable() } }
    retry?.arm(at: Moment.monotonic + Self.retryDelay)
  }

  isolated deinit {
    unsafe sd_event_source_disable_unref(source)
  }

  private nonisolated static let callback: sd_event_io_handler_t = { _, _, events, context in
    let source = unsafe Unmanaged<IOSource>.fromOpaque(context!)
    MainActor.assumeIsolated {
      // What is retained for the call is the handler, not the source: when the handler drops the
      // last reference to it, it has to end before the handler closes the descriptor.
      let handler = unsafe source.takeUnretainedValue().handler
      handler(Events(rawValue: events))
    }
    return 0
  }
}
