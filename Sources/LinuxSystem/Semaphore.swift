internal import CLinux
internal import Glibc

/// A counter that threads of this process wait for.
///
/// sem_overview(7)
@safe public final class Semaphore: Sendable {
  nonisolated(unsafe) private let counter: UnsafeMutablePointer<sem_t>

  /// It begins at 0.
  public init() {
    unsafe counter = .allocate(capacity: 1)
    unsafe sem_init(counter, 0, 0)
  }

  deinit {
    unsafe sem_destroy(counter)
    unsafe counter.deallocate()
  }

  /// Adds one.
  public func post() {
    unsafe sem_post(counter)
  }

  /// Waits for one, and takes it.
  public func wait() {
    while unsafe sem_wait(counter) < 0 {}
  }

  /// The same for so many microseconds at most. May return before, with none.
  public func wait(within period: Int) {
    _ = unsafe clinux_semaphore_wait_within(counter, period)
  }
}
