internal import Synchronization
internal import SystemPackage

/// Descriptors that others have opened, and that it may take long to close.
///
/// close(2) of a file on a server, or on a FUSE file system, waits for an answer, of each copy; of a deleted file, until it
/// is freed. The last close of a pipe waits for whoever moves something through it, that of a terminal for who writes to
/// it, that of a socket that lingers for its peer, and a Unix socket's closes the descriptors that nobody has received. So
/// it is done on threads, and who makes a process sees to it that this has no copies where it can be the one to wait.
public enum SlowDescriptors {
  private static let passed = ClosingThreads(closed: letGo)
  /// Those of our own pipes: what others have passed, and is never closed, holds up none of these.
  private static let ends = ClosingThreads(closed: letGo)
  /// Those that a process shouldn't have a copy of.
  private static let held = Atomic(0)

  /// To be called where there are descriptors still, by a thread that has the rank that those that close are to have;
  /// otherwise the first that is closed does it.
  public static func prepare() {
    _ = passed
    _ = ends
  }

  /// There are some of which a process that has a copy may be the one to wait: all whose every close may take long, and
  /// those that are being closed here, where the copy may be the last one.
  public static var areHeld: Bool { held.load(ordering: .sequentiallyConsistent) > 0 }

  /// Takes one over, which gets another number if it has a low one.
  static func hold(_ descriptor: FileDescriptor, _ closing: Closing) -> FileDescriptor {
    if closing == .eachWaits { hold() }
    passed.reinforce()
    guard let copy = LowNumbers.copyBehind(descriptor) else { return descriptor }
    if closing == .eachWaits { hold() }
    close(descriptor, closing)
    return copy.release()
  }

  /// Closes one that wasn't held before, of which the last close may take long.
  static func take(over descriptor: FileDescriptor) {
    close(hold(descriptor, .lastWaits), .lastWaits)
  }

  /// Closes one that is held.
  static func close(_ descriptor: FileDescriptor, _ closing: Closing) {
    if closing == .lastWaits { hold() }
    passed.close(descriptor)
  }

  /// Closes an end of a pipe of ours.
  static func close(end: FileDescriptor) {
    hold()
    ends.close(end)
  }

  private static func hold() {
    held.add(1, ordering: .sequentiallyConsistent)
  }

  private static func letGo() {
    held.subtract(1, ordering: .sequentiallyConsistent)
  }
}
