internal import CLinux
public import SystemPackage

/// Signals, to be waited for together with descriptors.
///
/// signalfd(2)
public struct SignalDescriptor: ~Copyable, Sendable {
  private let descriptor: OwnedDescriptor

  /// Blocks the signals for the calling thread, which should be the only one, and makes them
  /// readable. A signal that the process was started to ignore, as nohup(1) does with SIGHUP, stays
  /// ignored and is never read.
  public init(_ signals: [Signal]) throws(SystemError) {
    let set = signals.reduce(0 as UInt64) { $0 | 1 << UInt64($1.rawValue - 1) }
    let answer = clinux_signal_descriptor(set)
    descriptor = OwnedDescriptor(adopting: try LinuxSystem.descriptor(answer, "signalfd"))
  }

  /// To poll: readable when a signal has come.
  public var raw: FileDescriptor { descriptor.raw }

  /// The next signal that has come; `nil` when there is none.
  public borrowing func next() throws(SystemError) -> Signal? {
    let number = try checked(clinux_read_signal(descriptor.raw.rawValue), "read", "signalfd")
    return number == 0 ? nil : Signal(rawValue: number)
  }
}
