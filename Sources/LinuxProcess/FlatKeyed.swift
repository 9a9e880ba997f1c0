/// A cgroup's file of lines `key value`.
struct FlatKeyed {
  private let text: [UInt8]

  init(_ text: [UInt8]) {
    self.text = text
  }

  /// `nil` where there is no such key, or no number behind it.
  subscript(key: StaticString) -> Int? {
    var line = text.startIndex
    while line < text.endIndex {
      if let value = number(behind: key, at: line) { return value }
      guard let end = text[line...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
      line = end + 1
    }
    return nil
  }

  private func number(behind key: StaticString, at start: Int) -> Int? {
    var index = start + key.utf8CodeUnitCount
    guard index < text.endIndex, text[index] == UInt8(ascii: " ") else { return nil }
    for offset in 0..<key.utf8CodeUnitCount
    where unsafe text[start + offset] != key.utf8Start[offset] { return nil }
    index += 1
    var number: Int?
    while index < text.endIndex, case let digit = text[index] &- UInt8(ascii: "0"), digit < 10 {
      let (product, overflows) = (number ?? 0).multipliedReportingOverflow(by: 10)
      let (sum, carries) = product.addingReportingOverflow(Int(digit))
      guard !overflows, !carries else { return nil }
      number = sum
      index += 1
    }
    return number
  }
}
