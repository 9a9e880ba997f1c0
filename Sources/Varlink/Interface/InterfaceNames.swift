/// The grammar of names. Names are ASCII; the word is checked, not searched for a name.
enum InterfaceNames {
  /// `io.systemd.Unit`: two parts or more between dots, the first beginning with a letter, each of
  /// letters, digits and, inside, dashes.
  static func isInterface(_ word: String) -> Bool {
    let parts = word.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count >= 2, let first = word.utf8.first, isLetter(first) else { return false }
    return parts.allSatisfy { part in
      guard let first = part.first, let last = part.last else { return false }
      return first != UInt8(ascii: "-") && last != UInt8(ascii: "-")
        && part.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    }
  }

  /// `StartTransient`: a type, method or error; begins upper case, letters and digits.
  static func isDeclaration(_ word: String) -> Bool {
    guard let first = word.utf8.first, isUpper(first) else { return false }
    return word.utf8.allSatisfy { isLetter($0) || isDigit($0) }
  }

  /// `workingDirectory`, `oom_kill`: a field or enum case; begins with a letter, underscores only one
  /// at a time and inside.
  static func isField(_ word: String) -> Bool {
    guard let first = word.utf8.first, isLetter(first) else { return false }
    let parts = word.utf8.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
    return parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { isLetter($0) || isDigit($0) } }
  }

  private static func isUpper(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    isUpper(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
