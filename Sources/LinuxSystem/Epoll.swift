internal import CLinux
public import SystemPackage

/// Descriptors that are watched together: to find those that are ready takes no longer, however many aren't.
///
/// One that is closed must have been removed. epoll(7)
public struct Epoll: ~Copyable, Sendable {
  /// The most that ``take()`` finds.
  public static let readyMax = Int(CLINUX_READY_MAX)

  /// Watched itself, it is readable while any of the others is ready.
  public let descriptor: OwnedDescriptor
  private var ready = [clinux_ready](repeating: clinux_ready(), count: readyMax)

  /// Watches nothing yet.
  public init() throws(SystemError) {
    let raw = try LinuxSystem.descriptor(clinux_epoll(), "epoll_create1")
    descriptor = OwnedDescriptor(adopting: raw)
  }

  /// Watches a descriptor, level-triggered unless EPOLLET is among the events. epoll_ctl(2)
  ///
  /// - Parameter token: What it is known by when it is ready.
  public borrowing func add(
    _ watched: FileDescriptor, _ events: UInt32, token: UInt64
  ) throws(SystemError) {
    let answer = clinux_epoll_add(descriptor.raw.rawValue, watched.rawValue, events, token)
    _ = try checked(answer, "epoll_ctl")
  }

  /// Watches one for something else from now on. Takes no memory: it can't fail for one that was added.
  public borrowing func change(_ watched: FileDescriptor, _ events: UInt32, token: UInt64) {
    _ = clinux_epoll_change(descriptor.raw.rawValue, watched.rawValue, events, token)
  }

  /// Watches one no more.
  public borrowing func remove(_ watched: FileDescriptor) {
    _ = clinux_epoll_remove(descriptor.raw.rawValue, watched.rawValue)
  }

  /// Takes the next of those that are ready now, and doesn't wait. Each has its turn, however many there are.
  ///
  /// - Returns: How many were taken; none where a signal came between.
  public mutating func take() -> Int {
    max(0, Int(unsafe clinux_epoll_take(descriptor.raw.rawValue, &ready)))
  }

  /// Of those that were taken last, the one at that position.
  public subscript(position: Int) -> (token: UInt64, events: UInt32) {
    (ready[position].token, ready[position].events)
  }
}
