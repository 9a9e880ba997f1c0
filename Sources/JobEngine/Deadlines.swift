internal import HeapModule

/// When something has to be done about which job, soonest first.
///
/// A deadline that changes is entered anew; the old entry is known by not being the job's own any
/// longer, and passed over.
struct Deadlines: Sendable {
  struct Entry: Comparable, Hashable, Sendable {
    /// Monotonic microseconds.
    let at: Int
    let job: JobID

    static func < (a: Entry, b: Entry) -> Bool { (a.at, a.job) < (b.at, b.job) }
  }

  private var entries: Heap<Entry> = []

  var count: Int { entries.count }

  var soonest: Entry? { entries.min }

  mutating func insert(_ entry: Entry) {
    entries.insert(entry)
  }

  mutating func removeSoonest() {
    _ = entries.popMin()
  }

  /// Drops what no job stands behind any longer, and what was entered twice, where that has become
  /// most of it.
  mutating func compact(jobs: Int, isCurrent: (Entry) -> Bool) {
    guard entries.count > 2 * jobs + 64 else { return }
    // The set's order doesn't show: no two entries of it compare as equal.
    entries = Heap(Set(entries.unordered.lazy.filter(isCurrent)))
  }
}
