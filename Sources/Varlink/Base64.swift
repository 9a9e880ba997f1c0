/// Base64 with padding (RFC 4648, section 4), as Varlink carries binary data in strings.
public enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  public static func encode(_ bytes: some Collection<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var iterator = bytes.makeIterator()
    while let first = iterator.next() {
      let second = iterator.next()
      let third = second == nil ? nil : iterator.next()
      text.append(alphabet[Int(first >> 2)])
      text.append(alphabet[Int((first & 0x03) << 4 | (second ?? 0) >> 4)])
      text.append(
        second.map { alphabet[Int(($0 & 0x0f) << 2 | (third ?? 0) >> 6)] } ?? UInt8(ascii: "="))
      text.append(third.map { alphabet[Int($0 & 0x3f)] } ?? UInt8(ascii: "="))
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// `nil` unless the text is base64 from its first to its last character, padding included.
  public static func decode(_ text: String) -> [UInt8]? {
    let characters = Array(text.utf8)
    guard characters.count % 4 == 0 else { return nil }
    let padding = characters.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard padding <= 2 else { return nil }

    var bytes: [UInt8] = []
    bytes.reserveCapacity(characters.count / 4 * 3)
    var bits: UInt32 = 0
    for (index, character) in characters.dropLast(padding).enumerated() {
      guard let value = alphabet.firstIndex(of: character) else { return nil }
      bits = bits << 6 | UInt32(value)
      if index % 4 == 3 {
        bytes += [UInt8(bits >> 16 & 0xff), UInt8(bits >> 8 & 0xff), UInt8(bits & 0xff)]
        bits = 0
      }
    }
    if padding == 1 { bytes += [UInt8(bits >> 10 & 0xff), UInt8(bits >> 2 & 0xff)] }
    if padding == 2 { bytes.append(UInt8(bits >> 4 & 0xff)) }
    return bytes
  }
}
