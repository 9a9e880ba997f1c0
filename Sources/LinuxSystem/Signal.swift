internal import CLinux

/// A signal by its number.
///
/// signal(7)
public struct Signal: RawRepresentable, Hashable, Sendable {
  public var rawValue: Int32

  /// A number, known to be a signal's.
  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  /// A number, if it is a signal's: 1 to 31, and the real-time signals left to programs.
  public init?(number: Int) {
    guard (1...31).contains(number) || Self.realTime.contains(number) else { return nil }
    rawValue = Int32(number)
  }

  /// The real-time signals that the C library leaves to programs, 34 to 64 as a rule.
  public static var realTime: ClosedRange<Int> {
    Int(clinux_signal_rtmin())...Int(clinux_signal_rtmax())
  }

  public static let hangup = Signal(rawValue: 1)
  public static let interrupt = Signal(rawValue: 2)
  public static let quit = Signal(rawValue: 3)
  public static let kill = Signal(rawValue: 9)
  public static let userDefined1 = Signal(rawValue: 10)
  public static let pipe = Signal(rawValue: 13)
  public static let terminate = Signal(rawValue: 15)
  public static let childExited = Signal(rawValue: 17)
  public static let `continue` = Signal(rawValue: 18)
  public static let stop = Signal(rawValue: 19)
}
