internal import OrderedCollections
internal import JobProtocol

/// The newest of the jobs that are finished.
struct History: Sendable {
  let capacity: Int
  private var jobs: OrderedDictionary<Int, Job> = [:]

  init(capacity: Int) {
    self.capacity = capacity
  }

  /// Oldest first.
  var all: some Sequence<Job> { jobs.values }

  subscript(_ id: JobID) -> Job? { jobs[id.rawValue] }

  mutating func append(_ job: Job) {
    guard capacity > 0 else { return }
    if jobs.count == capacity { jobs.removeFirst() }
    jobs[job.id] = job
  }
}
