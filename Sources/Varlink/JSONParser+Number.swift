extension JSONParser {
  /// A number; the position is at its sign or first digit.
  mutating func number() throws(JSONSyntaxError) -> JSON {
    let start = position
    let isNegative = skip(UInt8(ascii: "-"))
    let magnitude = try integerDigits()
    let hasFraction = try fraction()
    let hasExponent = try exponent()
    if position - start > VarlinkLimits.numberBytes {
      throw JSONSyntaxError(.numberTooLong, at: start)
    }
    if !hasFraction, !hasExponent, let integer = integer(magnitude, isNegative: isNegative) {
      return integer
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let double = Double(text), double.isFinite else {
      throw JSONSyntaxError(.numberOutOfRange, at: start)
    }
    return .double(double)
  }

  private func integer(_ magnitude: UInt64?, isNegative: Bool) -> JSON? {
    guard let magnitude else { return nil }
    if isNegative {
      guard magnitude <= Int64.min.magnitude else { return nil }
      return .int(Int64(truncatingIfNeeded: 0 &- magnitude))
    }
    return Int64(exactly: magnitude).map(JSON.int) ?? .unsigned(magnitude)
  }

  /// The digits before a fraction, no superfluous zero in front; `nil` where 64 bits are too few.
  private mutating func integerDigits() throws(JSONSyntaxError) -> UInt64? {
    if skip(UInt8(ascii: "0")) { return 0 }
    var value: UInt64? = 0
    try digits { digit in
      guard let (high, low) = value?.multipliedFullWidth(by: 10), high == 0 else {
        return value = nil
      }
      let (sum, overflow) = low.addingReportingOverflow(UInt64(digit))
      value = overflow ? nil : sum
    }
    return value
  }

  /// Whether there was one.
  private mutating func fraction() throws(JSONSyntaxError) -> Bool {
    guard skip(UInt8(ascii: ".")) else { return false }
    try digits { _ in }
    return true
  }

  /// Whether there was one.
  private mutating func exponent() throws(JSONSyntaxError) -> Bool {
    guard skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) else { return false }
    _ = skip(UInt8(ascii: "+")) || skip(UInt8(ascii: "-"))
    try digits { _ in }
    return true
  }

  /// At least one digit.
  private mutating func digits(_ body: (UInt8) -> Void) throws(JSONSyntaxError) {
    let start = position
    while case UInt8(ascii: "0")...UInt8(ascii: "9") = current {
      body(current - UInt8(ascii: "0"))
      position += 1
    }
    if position == start { throw error(.expected("a digit")) }
  }
}
