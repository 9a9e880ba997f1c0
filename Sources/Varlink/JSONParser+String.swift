extension JSONParser {
  /// A string; the position is at its opening quote.
  mutating func string() throws(JSONSyntaxError) -> String {
    position += 1
    let start = position
    guard try plainRun() == UInt8(ascii: "\"") else { return try escapedString(from: start) }
    let text = try text(of: bytes, from: start, to: position, at: start)
    position += 1
    return text
  }

  /// Steps over bytes that stand for themselves, and tells the quote or backslash that ends them.
  private mutating func plainRun() throws(JSONSyntaxError) -> UInt8 {
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return byte }
      if byte < 0x20 { throw error(.expected("an escaped control character")) }
      position += 1
    }
    throw error(.expected("'\"'"))
  }

  /// The rest of a string with escapes; the position is at the first backslash.
  private mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> String {
    var unescaped = Array(bytes[start..<position])
    while true {
      position += 1
      try escape(into: &unescaped)
      let run = position
      let end = try plainRun()
      unescaped += bytes[run..<position]
      if end == UInt8(ascii: "\"") { break }
    }
    position += 1
    // An escape begins with a byte that can't continue a sequence, so validating the whole is
    // validating its parts.
    return try text(of: unescaped, from: 0, to: unescaped.count, at: start)
  }

  private func text(
    of bytes: [UInt8], from start: Int, to end: Int, at offset: Int
  ) throws(JSONSyntaxError) -> String {
    do throws(UTF8.ValidationError) {
      return String(copying: try UTF8Span(validating: bytes.span.extracting(start..<end)))
    } catch {
      throw JSONSyntaxError(.invalidUTF8, at: offset + error.byteOffsets.lowerBound)
    }
  }

  /// One escape; the position is after its backslash.
  private mutating func escape(into unescaped: inout [UInt8]) throws(JSONSyntaxError) {
    let short: UInt8? =
      switch current {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): current
      case UInt8(ascii: "b"): 0x08
      case UInt8(ascii: "f"): 0x0C
      case UInt8(ascii: "n"): 0x0A
      case UInt8(ascii: "r"): 0x0D
      case UInt8(ascii: "t"): 0x09
      default: nil
      }
    if let short {
      unescaped.append(short)
      position += 1
    } else if current == UInt8(ascii: "u") {
      position += 1
      unescaped.append(contentsOf: UTF8.encode(try unicodeScalar())!)
    } else {
      throw error(.expected("an escape"))
    }
  }

  /// The scalar of `\uXXXX` or of a pair of them; the position is after the first `u`.
  private mutating func unicodeScalar() throws(JSONSyntaxError) -> Unicode.Scalar {
    let start = position
    let first = try hexDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard UTF16.isLeadSurrogate(first), skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else {
      throw JSONSyntaxError(.loneSurrogate, at: start)
    }
    let second = try hexDigits()
    guard UTF16.isTrailSurrogate(second) else { throw JSONSyntaxError(.loneSurrogate, at: start) }
    return UTF16.decode(UTF16.EncodedScalar([first, second]))
  }

  private mutating func hexDigits() throws(JSONSyntaxError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      let digit: UInt8
      switch current {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = bytes[position] - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = bytes[position] - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = bytes[position] - UInt8(ascii: "A") + 10
      default: throw error(.expected("a hexadecimal digit"))
      }
      value = value << 4 | UInt16(digit)
      position += 1
    }
    return value
  }
}
