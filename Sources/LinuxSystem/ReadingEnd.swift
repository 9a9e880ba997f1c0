internal import CLinux
internal import SystemPackage

/// The reading end of a pipe, with one owner. It is closed when that goes: on a thread, while somebody can write to the
/// pipe, and thereby hold up its last close. So it is none of those that every child has copies of. (``LowNumbers``)
public struct ReadingEnd: ~Copyable, Sendable {
  /// Lent for system calls.
  public let descriptor: OwnedDescriptor

  /// Takes it over.
  public init(_ descriptor: consuming OwnedDescriptor) {
    if let copy = LowNumbers.copyBehind(descriptor.raw) {
      self.descriptor = copy
    } else {
      self.descriptor = descriptor
    }
  }

  deinit {
    if !hasNoWriter { SlowDescriptors.take(over: descriptor.release()) }
  }

  /// Whether nobody has the pipe open for writing. poll(2), POLLHUP
  public var hasNoWriter: Bool { clinux_has_no_writer(descriptor.raw.rawValue) }
}
