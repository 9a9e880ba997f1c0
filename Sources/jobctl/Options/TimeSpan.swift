internal import ArgumentParser

/// A span of time as users of timeout(1) and systemd.time(7) write it: `5`, `0.5`, `500ms`, `2min`,
/// `1h 30min`. A number without a unit is in seconds.
struct TimeSpan: ExpressibleByArgument, Equatable {
  let microseconds: Int

  init(microseconds: Int) {
    self.microseconds = microseconds
  }

  init?(argument: String) {
    var total = 0
    var rest = argument[...].drop { $0 == " " }
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      guard let number = Number(takenFrom: &rest) else { return nil }
      rest = rest.drop { $0 == " " }
      let unit = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(unit.count).drop { $0 == " " }
      // Only the last number can do without: `1min 30`, but not `1 30`.
      if unit.isEmpty, !rest.isEmpty { return nil }
      guard let length = Self.length(of: unit), let part = number.times(length) else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(part)
      guard !overflow else { return nil }
      total = sum
    }
    self.microseconds = total
  }

  /// Microseconds in a unit; `nil` if there is no such unit.
  private static func length(of unit: Substring) -> Int? {
    switch unit {
    case "us", "usec", "µs", "μs": 1
    case "ms", "msec": 1000
    case "", "s", "sec", "second", "seconds": 1_000_000
    case "m", "min", "minute", "minutes": 60_000_000
    case "h", "hr", "hour", "hours": 3_600_000_000
    case "d", "day", "days": 86_400_000_000
    case "w", "week", "weeks": 604_800_000_000
    default: nil
    }
  }
}

/// A decimal number, exactly.
private struct Number {
  private let whole: Int
  /// Digits behind the point.
  private let fraction: [Int]

  /// `nil`, and `text` anywhere, unless it begins with a number.
  init?(takenFrom text: inout Substring) {
    let digits = Self.takeDigits(from: &text)
    var behind: Substring = ""
    if text.first == "." {
      text = text.dropFirst()
      behind = Self.takeDigits(from: &text)
    }
    guard !(digits.isEmpty && behind.isEmpty), let whole = Int("0" + digits) else { return nil }
    self.whole = whole
    self.fraction = behind.compactMap(\.wholeNumberValue)
  }

  private static func takeDigits(from text: inout Substring) -> Substring {
    let digits = text.prefix { ("0"..."9").contains($0) }
    text = text.dropFirst(digits.count)
    return digits
  }

  /// `nil` if it is too large. What is behind the last microsecond is dropped.
  func times(_ unit: Int) -> Int? {
    let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
    var (part, place) = (0, unit)
    for digit in fraction {
      place /= 10
      part += digit * place
    }
    let (sum, carried) = product.addingReportingOverflow(part)
    return overflow || carried ? nil : sum
  }
}
