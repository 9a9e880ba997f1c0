import CSystemd
import LinuxSystem
import SystemPackage

/// Descriptors of which thousands may be ready at one time: to the loop they are a single source.
///
/// Before each handler that it calls, sd-event asks anew for every descriptor of its own that is ready: n of them that
/// become ready at once are looked at n² times (docs/performance.md). Here one turn of the loop serves a batch; what has
/// a higher priority comes before the next.
final class Watchlist {
  private var epoll: Epoll
  private var entries: [UInt64: Entry] = [:]
  private var lastToken: UInt64 = 0
  private var source: IOSource?

  private struct Entry {
    unowned let watch: Watch
  }

  init(_ loop: EventLoop, priority: Priority) throws(SystemError) {
    epoll = try Epoll()
    source = try IOSource(loop, epoll.descriptor.raw, .input, priority: priority) {
      [unowned self] _ in serve()
    }
  }

  // Before the descriptor that it watches is closed.
  isolated deinit {
    source = nil
  }

  private func serve() {
    for position in 0..<epoll.take() {
      let (token, events) = epoll[position]
      guard let (handler, events) = due(token, IOSource.Events(rawValue: events)) else { continue }
      handler(events)
    }
  }

  /// Who is to be called, and with what, after the others of the same batch: they may have let go of this one,
  /// whose descriptor's number may be another's by now, or changed what is waited for.
  ///
  /// The handler is what is retained for the call, not the watch: ``IOSource``.
  private func due(
    _ token: UInt64, _ events: IOSource.Events
  ) -> (Watch.Handler, IOSource.Events)? {
    guard let watch = entries[token]?.watch, !watch.events.isEmpty else { return nil }
    let wanted = events.intersection(watch.events.union([.hangUp, .error]))
    return wanted.isEmpty ? nil : (watch.handler, wanted)
  }

  // MARK: for Watch

  /// One that is never used twice.
  fileprivate func makeToken() -> UInt64 {
    lastToken += 1
    return lastToken
  }

  fileprivate func add(_ watch: Watch) throws(SystemError) {
    try epoll.add(watch.descriptor, watch.events.mask, token: watch.token)
    entries[watch.token] = Entry(watch: watch)
  }

  fileprivate func change(_ watch: Watch) {
    epoll.change(watch.descriptor, watch.events.mask, token: watch.token)
  }

  fileprivate func remove(_ watch: Watch) {
    guard entries.removeValue(forKey: watch.token) != nil else { return }
    epoll.remove(watch.descriptor)
  }
}

/// Calls back while a descriptor is ready, as an ``IOSource`` does: level-triggered, and until its last reference is
/// gone, which must be before the descriptor is closed.
final class Watch {
  typealias Handler = (IOSource.Events) -> Void

  fileprivate let descriptor: FileDescriptor
  fileprivate let token: UInt64
  fileprivate let handler: Handler
  private let list: Watchlist

  init(
    _ list: Watchlist, _ descriptor: FileDescriptor, _ events: IOSource.Events,
    handler: @escaping Handler
  ) throws(SystemError) {
    self.list = list
    self.descriptor = descriptor
    self.token = list.makeToken()
    self.events = events
    self.handler = handler
    try list.add(self)
  }

  /// What is waited for. None at all silences hang-ups, too.
  var events: IOSource.Events {
    didSet {
      if events != oldValue { list.change(self) }
    }
  }

  isolated deinit {
    list.remove(self)
  }
}

extension IOSource.Events {
  /// Hang-ups can't be left out. Edge-triggered they are told once, which is to nobody; and one that stays among
  /// the watched is waited for again without memory, which the kernel might not have.
  fileprivate var mask: UInt32 { isEmpty ? EPOLLET.rawValue : rawValue }
}
