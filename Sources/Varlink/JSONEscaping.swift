/// The inside of a JSON string: text with what JSON reserves escaped, in one pass that also holds it against
/// UTF-8. A job's output passes here byte by byte.
enum JSONEscaping {
  /// Appends `text`.
  ///
  /// - Returns: How many bytes of it are appended: all, or those before the first that isn't UTF-8.
  static func append(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) -> Int {
    var position = 0
    while position < text.count {
      let before = position
      let left = text.count - position
      // Of text, one byte in sixteen is a newline or so, and escaped; where it is more, another time.
      bytes.append(addingCapacity: left + left / 16 + Step.mostBytes) { output in
        unsafe output.withUnsafeMutableBufferPointer { buffer, count in
          unsafe position = escape(text, from: position, to: buffer, &count)
        }
      }
      if position == before { break }
    }
    return position
  }

  /// What is written between two looks at how much room there is.
  private enum Step {
    /// A word, of which no more may be meant than what is before its first reserved byte, and an escape.
    static let mostBytes = 16
  }

  /// Goes on until the end, until there is no more room, or until what follows isn't UTF-8.
  ///
  /// - Returns: The position in `text`.
  private static func escape(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int,
    to buffer: UnsafeMutableBufferPointer<UInt8>,
    _ written: inout Int
  ) -> Int {
    guard let input = text.baseAddress, let output = buffer.baseAddress else { return start }
    var position = start
    while position < text.count, written + Step.mostBytes <= buffer.count {
      if position + 8 <= text.count {
        let word = unsafe UnsafeRawPointer(input + position).loadUnaligned(as: UInt64.self)
        // All of it is copied, also where only its beginning counts: what follows is written over.
        unsafe UnsafeMutableRawPointer(output + written).storeBytes(of: word, as: UInt64.self)
        let plain = plainBytes(UInt64(littleEndian: word))
        position += plain
        written += plain
        if plain == 8 { continue }
      }
      let byte = unsafe input[position]
      if byte >= 0x80 {
        let length = unsafe sequenceLength(input + position, available: text.count - position)
        if length == 0 { break }
        for offset in 0..<length { unsafe output[written + offset] = input[position + offset] }
        position += length
        written += length
        continue
      }
      if isReserved(byte) {
        unsafe written += writeEscape(of: byte, to: output + written)
      } else {
        unsafe output[written] = byte
        written += 1
      }
      position += 1
    }
    return position
  }

  private static func isReserved(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  /// How many of eight bytes stand for themselves, from the first on: ASCII that isn't reserved. A byte of
  /// `(x - n·ones) & ~x` has its top bit set where it was below `n`, or where one before it was and borrowed:
  /// never the first of them.
  private static func plainBytes(_ word: UInt64) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ (ones &* 0x22)
    let backslashes = word ^ (ones &* 0x5C)
    let found =
      ((word &- ones &* 0x20) & ~word)
      | ((quotes &- ones) & ~quotes)
      | ((backslashes &- ones) & ~backslashes)
      | word
    return (found & (ones &* 0x80)).trailingZeroBitCount / 8
  }

  /// How long the sequence of UTF-8 is that begins here, outside of ASCII; 0 where there is none. RFC 3629
  private static func sequenceLength(_ bytes: UnsafePointer<UInt8>, available: Int) -> Int {
    let length: Int
    // The second byte has narrower bounds behind some first ones.
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch unsafe bytes[0] {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return 0
    }
    guard length <= available, unsafe second.contains(bytes[1]) else { return 0 }
    for index in 2..<max(2, length) {
      guard unsafe bytes[index] & 0xC0 == 0x80 else { return 0 }
    }
    return length
  }

  /// - Returns: How many bytes it has.
  private static func writeEscape(of byte: UInt8, to output: UnsafeMutablePointer<UInt8>) -> Int {
    unsafe output[0] = UInt8(ascii: "\\")
    let short: UInt8? =
      switch byte {
      case 0x08: UInt8(ascii: "b")
      case 0x09: UInt8(ascii: "t")
      case 0x0A: UInt8(ascii: "n")
      case 0x0C: UInt8(ascii: "f")
      case 0x0D: UInt8(ascii: "r")
      case 0x20...: byte
      default: nil
      }
    if let short {
      unsafe output[1] = short
      return 2
    }
    let low = byte & 0xF
    unsafe output[1] = UInt8(ascii: "u")
    unsafe output[2] = UInt8(ascii: "0")
    unsafe output[3] = UInt8(ascii: "0")
    unsafe output[4] = UInt8(ascii: "0") + byte >> 4
    unsafe output[5] = low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10
    return 6
  }
}
