/// Rows of text under headings, each column as wide as its widest cell.
struct Table {
  enum Alignment {
    case left
    /// For numbers.
    case right
  }

  struct Column {
    var heading: String
    var alignment: Alignment

    init(_ heading: String, _ alignment: Alignment = .left) {
      self.heading = heading
      self.alignment = alignment
    }
  }

  private let columns: [Column]
  private var rows: [[String]] = []

  init(_ columns: Column...) {
    self.columns = columns
  }

  /// Adds a row of one cell for each column.
  mutating func add(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row has one cell for each column")
    rows.append(cells)
  }

  /// The lines, each ended by a newline.
  ///
  /// - Parameter width: columns of the terminal, beyond which lines are cut; `nil` cuts nothing.
  func text(width: Int? = nil) -> String {
    let headings = columns.map(\.heading)
    let widths = columns.indices.map { index in
      ([headings] + rows).map { $0[index].count }.max() ?? 0
    }
    return ([headings] + rows).map { line(of: $0, widths, width) }.joined()
  }

  private func line(of cells: [String], _ widths: [Int], _ limit: Int?) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      let padding = String(repeating: " ", count: widths[index] - cell.count)
      switch columns[index].alignment {
      case .left: line += cell + padding
      case .right: line += padding + cell
      }
      line += "  "
    }
    while line.last == " " { line.removeLast() }
    if let limit, line.count > limit { line = line.prefix(max(limit - 1, 0)) + "…" }
    return line + "\n"
  }
}
