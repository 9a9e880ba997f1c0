/// What happens when, soonest first; at the same moment in the order of entry.
struct Agenda {
  /// A key of the heap; what happens stays where it is, so that little is moved.
  private struct Entry {
    let at: Int
    let number: Int
    let place: Int

    func isBefore(_ other: Entry) -> Bool {
      at == other.at ? number < other.number : at < other.at
    }
  }

  /// A binary heap.
  private var entries: [Entry] = []
  private var happenings: [World.Happening] = []
  private var freePlaces: [Int] = []
  private var entered = 0

  var soonest: Int? { entries.first?.at }

  mutating func add(_ happening: World.Happening, at moment: Int) {
    entered += 1
    let place: Int
    if let free = freePlaces.popLast() {
      place = free
      happenings[place] = happening
    } else {
      place = happenings.count
      happenings.append(happening)
    }
    entries.append(Entry(at: moment, number: entered, place: place))
    rise(from: entries.count - 1)
  }

  mutating func removeSoonest() -> World.Happening {
    entries.swapAt(0, entries.count - 1)
    let place = entries.removeLast().place
    freePlaces.append(place)
    sink()
    return happenings[place]
  }

  private mutating func rise(from start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      if entries[parent].isBefore(entries[child]) { return }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < entries.count else { return }
      if child + 1 < entries.count, entries[child + 1].isBefore(entries[child]) { child += 1 }
      guard entries[child].isBefore(entries[parent]) else { return }
      entries.swapAt(child, parent)
      parent = child
    }
  }
}
