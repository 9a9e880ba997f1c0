internal import DequeModule
internal import JobProtocol

/// The newest of the jobs that are finished.
struct History: Sendable {
  let capacity: Int
  private var jobs: [Int: Job] = [:]
  private var order: Deque<Int> = []

  init(capacity: Int) {
    self.capacity = capacity
  }

  /// Oldest first.
  var all: some Sequence<Job> { order.lazy.compactMap { jobs[$0] } }

  subscript(_ id: JobID) -> Job? { jobs[id.rawValue] }

  mutating func append(_ job: Job) {
    guard capacity > 0 else { return }
    if order.count == capacity, let oldest = order.popFirst() { jobs[oldest] = nil }
    order.append(job.id)
    jobs[job.id] = job
  }
}
