/// Base64 with the standard alphabet and padding: RFC 4648, section 4.
public enum Base64 {
  /// Appends the base64 of `data`.
  public static func append(_ data: Span<UInt8>, to bytes: inout [UInt8]) {
    bytes.append(addingCapacity: encodedCount(of: data.count)) { output in
      let (alphabet, pairs) = (alphabet.span, pairs.span)
      var index = 0
      while index + 3 <= data.count {
        let group =
          UInt32(data[index]) << 16 | UInt32(data[index + 1]) << 8 | UInt32(data[index + 2])
        let (first, second) = (pairs[Int(group >> 12)], pairs[Int(group & 0xfff)])
        output.append(UInt8(truncatingIfNeeded: first >> 8))
        output.append(UInt8(truncatingIfNeeded: first))
        output.append(UInt8(truncatingIfNeeded: second >> 8))
        output.append(UInt8(truncatingIfNeeded: second))
        index += 3
      }
      if index == data.count { return }
      let second = index + 1 < data.count ? data[index + 1] : 0
      let group = UInt32(data[index]) << 16 | UInt32(second) << 8
      output.append(alphabet[Int(group >> 18)])
      output.append(alphabet[Int(group >> 12 & 63)])
      output.append(index + 1 < data.count ? alphabet[Int(group >> 6 & 63)] : padding)
      output.append(padding)
    }
  }

  /// The base64 of `data`.
  public static func encode(_ data: some Sequence<UInt8>) -> String {
    var bytes: [UInt8] = []
    append(Array(data).span, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Bytes of base64 that `count` bytes of data make.
  public static func encodedCount(of count: Int) -> Int { (count + 2) / 3 * 4 }

  /// The data; `nil` unless `text` is exactly what ``encode(_:)`` would make of it: padded, no
  /// whitespace, no stray bits at the end.
  public static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 4) else { return nil }
    let padded = digits.reversed().prefix(2).prefix { $0 == padding }.count
    var data: [UInt8] = []
    data.reserveCapacity(digits.count / 4 * 3)
    var group: UInt32 = 0
    for (index, digit) in digits[..<(digits.count - padded)].enumerated() {
      let value = values[Int(digit)]
      guard value < 64 else { return nil }
      group = group << 6 | UInt32(value)
      guard index & 3 == 3 else { continue }
      data.append(UInt8(truncatingIfNeeded: group >> 16))
      data.append(UInt8(truncatingIfNeeded: group >> 8))
      data.append(UInt8(truncatingIfNeeded: group))
      group = 0
    }
    switch padded {
    case 1:
      guard group & 0b11 == 0 else { return nil }
      data.append(UInt8(truncatingIfNeeded: group >> 10))
      data.append(UInt8(truncatingIfNeeded: group >> 2))
    case 2:
      guard group & 0b1111 == 0 else { return nil }
      data.append(UInt8(truncatingIfNeeded: group >> 4))
    default: break
    }
    return data
  }

  private static let padding = UInt8(ascii: "=")

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The two digits of every twelve bits, the first in the upper byte.
  private static let pairs = (0..<4_096).map {
    UInt16(alphabet[$0 >> 6]) << 8 | UInt16(alphabet[$0 & 63])
  }

  /// What each byte stands for, 64 where for nothing.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 64, count: 256)
    for (value, digit) in alphabet.enumerated() { values[Int(digit)] = UInt8(value) }
    return values
  }()
}
