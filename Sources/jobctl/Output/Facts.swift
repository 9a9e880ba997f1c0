/// Labels and values, one a line, the labels to the right.
struct Facts {
  private var facts: [(label: String, value: String)] = []

  /// Adds a line unless there is nothing to say.
  mutating func add(_ label: String, _ value: String?) {
    if let value { facts.append((label, value)) }
  }

  /// The lines, each ended by a newline.
  var text: String {
    let width = facts.map(\.label.count).max() ?? 0
    return facts.map { fact in
      String(repeating: " ", count: width - fact.label.count) + "\(fact.label): \(fact.value)\n"
    }.joined()
  }
}
