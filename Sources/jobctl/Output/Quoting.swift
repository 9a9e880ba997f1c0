internal import JobProtocol

/// Words as a shell would take them, safe to be shown on a terminal.
enum Quoting {
  /// Bytes of what others chose that are shown: as many as jobd keeps, and whatever comes.
  private static let shownBytes = 4_096
  /// Of a job's name, which is as wide as the column that it stands in.
  private static let nameBytes = 64

  /// The words of a command line, and that there are more of them.
  static func commandLine(_ context: JobContext) -> String {
    let shown = context.abridged(to: shownBytes)
    return shown.command.map(word).joined(separator: " ") + (shown.isTruncated ? " …" : "")
  }

  /// The name of a job.
  static func name(_ name: String) -> String {
    let shown = name.abridged(to: nameBytes)
    return visible(shown) + (shown == name ? "" : "…")
  }

  /// One word: as it is where a shell would leave it alone; in single quotes; or, where there are
  /// control characters or bytes that are not UTF-8, as `$'…'`. Job names and commands come from
  /// other people: none of their bytes reaches a terminal as a control character.
  static func word(_ word: OSString) -> String {
    let word = word.abridged(to: shownBytes)
    guard let text = word.text, !text.unicodeScalars.contains(where: isControl) else {
      return dollarQuoted(word.bytes)
    }
    if !text.isEmpty, text.utf8.allSatisfy(isPlain) { return text }
    return "'"
      + text.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }

  /// Text that is for people only, such as a job's name: with what controls a terminal made visible.
  static func visible(_ text: String) -> String {
    let text = text.abridged(to: shownBytes)
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return dollarQuoted(Array(text.utf8))
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    // Format characters can reverse the direction of what follows them.
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
      true
    default: "_-+=./:,@%^".utf8.contains(byte)
    }
  }

  private static func dollarQuoted(_ bytes: [UInt8]) -> String {
    var quoted = "$'"
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\n"): quoted += "\\n"
      case UInt8(ascii: "\t"): quoted += "\\t"
      case UInt8(ascii: "'"), UInt8(ascii: "\\"): quoted += "\\\(Character(Unicode.Scalar(byte)))"
      case 0x20..<0x7f: quoted.append(Character(Unicode.Scalar(byte)))
      default: quoted += "\\x" + hexadecimal(byte)
      }
    }
    return quoted + "'"
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}
