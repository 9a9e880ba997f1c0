/// Amounts, written for people.
enum Quantity {
  /// `0.123s`, `12.3s`, `4m05s`, `2h03m`, `5d01h`
  static func duration(microseconds: Int) -> String {
    let seconds = microseconds / 1_000_000
    switch seconds {
    case ..<10: return decimal(microseconds, per: 1_000_000, digits: 3) + "s"
    case ..<60: return decimal(microseconds, per: 1_000_000, digits: 1) + "s"
    case ..<3600: return "\(seconds / 60)m\(twoDigits(seconds % 60))s"
    case ..<86_400: return "\(seconds / 3600)h\(twoDigits(seconds / 60 % 60))m"
    default: return "\(seconds / 86_400)d\(twoDigits(seconds / 3600 % 24))h"
    }
  }

  /// `512 B`, `1.5 KiB`, `23.0 GiB`
  static func bytes(_ count: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var (unit, size) = (0, 1)
    while unit + 1 < units.count, count / size >= 1024 {
      unit += 1
      size *= 1024
    }
    return unit == 0 ? "\(count) B" : decimal(count, per: size, digits: 1) + " " + units[unit]
  }

  /// `value / per`, cut (not rounded: no interval is ever said to be longer than it was) to digits.
  private static func decimal(_ value: Int, per: Int, digits: Int) -> String {
    var rest = value % per
    var text = "\(value / per)."
    for _ in 0..<digits {
      // `rest` is below `per`, which is at most 2^60.
      let (digit, remainder) = per.dividingFullWidth(rest.multipliedFullWidth(by: 10))
      text += "\(digit)"
      rest = remainder
    }
    return text
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}
