internal import CLinux
public import SystemPackage

/// A counter in the kernel with a descriptor, to wake whoever waits for it.
///
/// eventfd(2)
public enum EventCounter {
  /// - Parameter takesOne: ``take(_:)`` takes one from the counter; otherwise it takes all.
  public static func make(
    takesOne: Bool, nonblocking: Bool = false
  ) throws(SystemError) -> OwnedDescriptor {
    let raw = try descriptor(clinux_event_counter(takesOne, nonblocking), "eventfd")
    return OwnedDescriptor(adopting: raw)
  }

  public static func add(_ counter: FileDescriptor) {
    // Fails only at 2^64-2, which nobody counts to.
    _ = clinux_event_counter_add(counter.rawValue)
  }

  /// Waits until there is something to take, unless it is nonblocking.
  public static func take(_ counter: FileDescriptor) {
    clinux_event_counter_take(counter.rawValue)
  }
}
