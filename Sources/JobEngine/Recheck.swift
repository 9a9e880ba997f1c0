/// A moment to look again: each further one comes after twice the time.
struct Recheck: Hashable, Sendable {
  /// Monotonic microseconds.
  private(set) var at: Int
  private(set) var delay: Int

  init(after delay: Int, at now: Int) {
    self.delay = delay
    self.at = now + delay
  }

  mutating func again(at now: Int, max: Int) {
    delay = Swift.min(delay * 2, max)
    at = now + delay
  }
}
