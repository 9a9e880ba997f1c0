internal import CLinux
public import SystemPackage

/// The reading end of a pipe, with one owner. It is closed when that goes: on a thread, while somebody can write to the
/// pipe, and thereby hold up its last close.
public struct ReadingEnd: ~Copyable, Sendable {
  /// Lent for system calls.
  public let raw: FileDescriptor

  /// Takes it over.
  public init(_ descriptor: consuming OwnedDescriptor) {
    raw = descriptor.release()
  }

  deinit {
    if hasNoWriter { try? raw.close() } else { SlowDescriptors.take(over: raw) }
  }

  /// Whether nobody has the pipe open for writing. poll(2), POLLHUP
  public var hasNoWriter: Bool { clinux_has_no_writer(raw.rawValue) }

  /// How many bytes are in it. Waits for whoever has locked it. pipe(7), FIONREAD
  public func unreadBytes() throws(SystemError) -> Int {
    Int(try checked(clinux_unread_bytes(raw.rawValue), "ioctl"))
  }
}
