internal import CLinux
internal import SystemPackage

/// An end of a pipe that others have opened, too, or can, with one owner.
///
/// Who has a pipe open can lock it for as long as it likes, for which sendfile(2) of a file on a dead server will do; and
/// who has opened it once can do so again, by `/proc/self/fd`, so that even when nobody has an end of it open for writing
/// somebody may before long. The last close of each end waits for that lock. So it is made on a thread, and the end is none
/// of those that every child has copies of. (``LowNumbers``)
public struct PipeEnd: ~Copyable, Sendable {
  /// Lent for system calls.
  public let descriptor: OwnedDescriptor

  /// Takes it over, while nobody else has it yet.
  public init(_ descriptor: consuming OwnedDescriptor) {
    if let copy = LowNumbers.copyBehind(descriptor.raw) {
      self.descriptor = copy
    } else {
      self.descriptor = descriptor
    }
  }

  deinit {
    SlowDescriptors.close(end: descriptor.release())
  }

  /// Nothing is in it, and nobody has it open for writing: to read it would find the end, or wait for whoever has locked
  /// it. Doesn't wait. poll(2), POLLHUP
  public var isAtEnd: Bool { clinux_pipe_is_at_end(descriptor.raw.rawValue) }
}
