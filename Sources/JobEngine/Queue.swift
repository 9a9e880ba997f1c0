internal import DequeModule

/// Jobs that wait for a slot, first come, first served.
struct Queue: Sendable {
  private var waiting: Set<JobID> = []
  /// In the order in which they came, and among them some that wait no more: to take one out of the middle
  /// takes no longer, however many wait.
  private var order: Deque<JobID> = []

  var count: Int { waiting.count }

  mutating func append(_ id: JobID) {
    waiting.insert(id)
    order.append(id)
  }

  mutating func popFirst() -> JobID? {
    while let id = order.popFirst() {
      if waiting.remove(id) != nil { return id }
    }
    return nil
  }

  mutating func remove(_ id: JobID) {
    waiting.remove(id)
    // No more of those that have left than of those that wait, and some.
    if order.count > 2 * waiting.count + Self.slack { order.removeAll { !waiting.contains($0) } }
  }

  private static let slack = 64
}
