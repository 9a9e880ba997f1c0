/// Base64 with the standard alphabet and padding: RFC 4648, section 4.
public enum Base64 {
  /// Appends the base64 of `data`.
  public static func append(_ data: Span<UInt8>, to bytes: inout [UInt8]) {
    bytes.append(addingCapacity: encodedCount(of: data.count)) { output in
      var index = appendWords(of: data, to: &output)
      let alphabet = alphabet.span
      while index + 3 <= data.count {
        let group =
          UInt32(data[index]) << 16 | UInt32(data[index + 1]) << 8 | UInt32(data[index + 2])
        for shift in stride(from: 18, through: 0, by: -6) {
          output.append(alphabet[Int(group >> shift & 63)])
        }
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

  /// Six bytes at a time, out of words of eight: a job's output passes here.
  ///
  /// - Returns: How many bytes of `data` that was.
  private static func appendWords(of data: Span<UInt8>, to output: inout OutputSpan<UInt8>) -> Int {
    unsafe output.withUnsafeMutableBufferPointer { buffer, written in
      unsafe data.bytes.withUnsafeBytes { data in
        unsafe pairs.withUnsafeBufferPointer { pairs in
          let output = UnsafeMutableRawBufferPointer(buffer)
          var index = 0
          while index + 8 <= data.count {
            let word = unsafe UInt64(
              bigEndian: data.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let digits =
              unsafe UInt64(pairs[Int(word >> 52)])
              | UInt64(pairs[Int(word >> 40 & 0xfff)]) << 16
              | UInt64(pairs[Int(word >> 28 & 0xfff)]) << 32
              | UInt64(pairs[Int(word >> 16 & 0xfff)]) << 48
            unsafe output.storeBytes(
              of: digits.littleEndian, toByteOffset: written, as: UInt64.self)
            index += 6
            written += 8
          }
          return index
        }
      }
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

  /// The two digits of every twelve bits, the first in the lower byte.
  private static let pairs = (0..<4_096).map {
    UInt16(alphabet[$0 >> 6]) | UInt16(alphabet[$0 & 63]) << 8
  }

  /// What each byte stands for, 64 where for nothing.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 64, count: 256)
    for (value, digit) in alphabet.enumerated() { values[Int(digit)] = UInt8(value) }
    return values
  }()
}
