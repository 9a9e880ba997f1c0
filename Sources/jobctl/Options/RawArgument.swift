internal import ArgumentParser
internal import JobProtocol

/// An argument as the kernel passed it, any bytes but NUL, carried through a parser of text.
///
/// Bytes that are not UTF-8 travel as the last 128 scalars of Unicode, which are private and mean
/// nothing to anybody. (PEP 383 takes lone surrogates for this, which a `String` can't hold.) A
/// scalar that really is one of these has its bytes escaped in the same way, so that every argument
/// comes out as it went in.
struct RawArgument: ExpressibleByArgument, Hashable {
  let value: OSString

  /// Stands for the byte 0x80, the next one for 0x81, up to 0xff.
  private static let firstEscape: UInt32 = 0x10_FF80

  /// `nil` only for text with a NUL in it, which no command line has.
  init?(argument: String) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(argument.utf8.count)
    for scalar in argument.unicodeScalars {
      if scalar.value >= Self.firstEscape {
        bytes.append(UInt8(scalar.value - Self.firstEscape) + 0x80)
      } else {
        bytes += scalar.utf8
      }
    }
    guard let value = OSString(bytes: bytes) else { return nil }
    self.value = value
  }

  /// The text that stands for an argument while it is parsed.
  static func escape(_ bytes: [UInt8]) -> String {
    var text = ""
    var (parser, iterator, position) = (UTF8.ForwardParser(), bytes.makeIterator(), 0)
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .emptyInput: return text
      case .error(let length):
        text.unicodeScalars += bytes[position..<position + length].map(escape)
        position += length
      case .valid(let encoded):
        let scalar = UTF8.decode(encoded)
        if scalar.value >= firstEscape {
          text.unicodeScalars += encoded.map(escape)
        } else {
          text.unicodeScalars.append(scalar)
        }
        position += encoded.count
      }
    }
  }

  private static func escape(_ byte: UInt8) -> Unicode.Scalar {
    // Below 0x80 there is nothing that would have to be escaped.
    Unicode.Scalar(firstEscape + UInt32(byte & 0x7f)) ?? "\u{FFFD}"
  }
}

extension RawArgument {
  /// The argument as text, for what is text in the protocol.
  ///
  /// - Throws: a `ValidationError` that names the option.
  static func text(_ argument: RawArgument?, of option: String) throws -> String? {
    guard let argument else { return nil }
    guard let text = argument.value.text else {
      throw ValidationError("\(option): '\(argument.value)' is not UTF-8")
    }
    return text
  }
}
