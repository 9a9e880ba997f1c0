internal import CLinux

extension Signal {
  /// `"SIGTERM"`, `"SIGRTMIN+3"`; the number for what has no name.
  public var name: String {
    if let name = unsafe clinux_signal_name(rawValue) {
      return unsafe "SIG" + String(cString: name)
    }
    let offset = Int(rawValue) - Self.realTime.lowerBound
    guard Self.realTime.contains(Int(rawValue)) else { return "\(rawValue)" }
    return offset == 0 ? "SIGRTMIN" : "SIGRTMIN+\(offset)"
  }

  /// Reads what people write: `"SIGTERM"`, `"TERM"`, `"term"`, `"15"`, `"RTMIN+3"`, `"RTMAX-1"`.
  public init?(parsing text: String) {
    guard text.utf8.count <= Self.longestName else { return nil }
    if let number = Int(text) {
      self.init(number: number)
      return
    }
    var name = text.uppercased()[...]
    if name.hasPrefix("SIG") { name = name.dropFirst(3) }
    if let number = (1...31).first(where: { Signal(rawValue: Int32($0)).name == "SIG" + name }) {
      self.init(number: number)
    } else if let number = Self.realTimeNumber(name) {
      self.init(number: number)
    } else {
      return nil
    }
  }

  /// Bytes: `"SIGRTMIN+30"`, and a zero or two too many.
  private static let longestName = 16

  private static func realTimeNumber(_ name: Substring) -> Int? {
    let base: Int
    switch name.prefix(5) {
    case "RTMIN": base = realTime.lowerBound
    case "RTMAX": base = realTime.upperBound
    default: return nil
    }
    let offset = name.dropFirst(5)
    if offset.isEmpty { return base }
    guard let sign = offset.first, sign == "+" || sign == "-",
      let distance = Int(offset.dropFirst()), (0...64).contains(distance)
    else { return nil }
    return sign == "+" ? base + distance : base - distance
  }
}

extension Signal: CustomStringConvertible {
  public var description: String { name }
}
