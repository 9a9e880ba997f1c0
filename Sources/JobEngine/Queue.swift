internal import OrderedCollections

/// Jobs that wait for a slot, first come, first served.
struct Queue: Sendable {
  private var waiting: OrderedSet<JobID> = []

  var count: Int { waiting.count }

  mutating func append(_ id: JobID) {
    waiting.append(id)
  }

  mutating func popFirst() -> JobID? {
    waiting.isEmpty ? nil : waiting.removeFirst()
  }

  mutating func remove(_ id: JobID) {
    waiting.remove(id)
  }
}
