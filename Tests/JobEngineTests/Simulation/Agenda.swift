/// What happens when, soonest first; at the same moment in the order of entry.
struct Agenda<Happening> {
  private struct Entry {
    let at: Int
    let number: Int
    let happening: Happening

    func isBefore(_ other: Entry) -> Bool {
      at == other.at ? number < other.number : at < other.at
    }
  }

  /// A binary heap.
  private var entries: [Entry] = []
  private var entered = 0

  var isEmpty: Bool { entries.isEmpty }
  var soonest: Int? { entries.first?.at }

  mutating func add(_ happening: Happening, at moment: Int) {
    entered += 1
    entries.append(Entry(at: moment, number: entered, happening: happening))
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child].isBefore(entries[parent]) else { return }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  mutating func removeSoonest() -> Happening {
    entries.swapAt(0, entries.count - 1)
    let soonest = entries.removeLast().happening
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < entries.count && entries[child].isBefore(entries[least]) { least = child }
      guard least != parent else { return soonest }
      entries.swapAt(least, parent)
      parent = least
    }
  }
}
