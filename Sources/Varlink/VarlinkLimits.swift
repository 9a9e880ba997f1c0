/// Every bound of this module, with its unit and the reason for its value.
public enum VarlinkLimits {
  /// Bytes of one message, its NUL included. sd-varlink's limit: what passes there passes here.
  public static let messageBytes = 16 * 1024 * 1024

  /// How deep arrays and objects may nest. The parser and whoever walks a value afterwards recurse
  /// once per level, so this also bounds their stack. Interfaces in use stay below ten.
  public static let nestingDepth = 64

  /// Values in one JSON document, counting containers and members. A value takes 40 bytes in memory
  /// and can take two on the wire, so without a bound a message would grow twentyfold when parsed.
  /// Room for a command line as long as the kernel allows (`ARG_MAX` with an 8 MiB stack: 2 MiB).
  public static let valuesPerDocument = 1 << 18

  /// Bytes of one number. Enough for every `Double` written out by any printer in use, and it keeps
  /// the conversion of decimal digits, which isn't linear, out of an attacker's reach.
  public static let numberBytes = 512

  /// Descriptors in one message: the kernel's `SCM_MAX_FD`, unix(7).
  public static let descriptorsPerMessage = 253

  /// Bytes of replies that may wait for the client before its next call is read. A client that
  /// sends calls and doesn't read the answers is left waiting, and costs no more than this.
  public static let waitingReplyBytes = 64 * 1024

  /// How deep types may nest in an interface description. The parser recurses once per level.
  public static let typeDepth = 32
}
