internal import Synchronization
internal import SystemPackage

/// Descriptors that others have opened, and that it may take long to close.
///
/// close(2) of a file on a server, or on a FUSE file system, waits for an answer, of each copy; of a deleted file, until it
/// is freed; of a socket that lingers, for its peer. So it is done on threads, and who makes a process sees to it that
/// this has no copies of them.
public enum SlowDescriptors {
  /// More than so many that wait hold up those that come after.
  private static let threadsMax = 16

  private struct State {
    /// Open, or being closed.
    var held = 0
    var waiting: [FileDescriptor] = []
    var threads = 0
  }

  private static let state = Mutex(State())

  /// There are some.
  public static var areHeld: Bool { state.withLock { $0.held > 0 } }

  /// Takes one over, which gets another number if it has a low one.
  static func hold(_ descriptor: FileDescriptor) -> FileDescriptor {
    state.withLock { $0.held += 1 }
    guard descriptor.rawValue < LowNumbers.end.rawValue,
      let copy = try? OwnedDescriptor.duplicate(of: descriptor, from: LowNumbers.end)
    else { return descriptor }
    state.withLock { $0.held += 1 }
    close(descriptor)
    return copy.release()
  }

  /// Closes one that wasn't held before.
  static func take(over descriptor: FileDescriptor) {
    close(hold(descriptor))
  }

  /// Closes one that is held.
  static func close(_ descriptor: FileDescriptor) {
    let begins = state.withLock { state in
      state.waiting.append(descriptor)
      if state.threads == threadsMax { return false }
      state.threads += 1
      return true
    }
    guard begins else { return }
    do {
      try DetachedThread.start(nil) { work() }
    } catch {
      // The next one that there is a thread for closes it, too.
      state.withLock { $0.threads -= 1 }
    }
  }

  private static func work() {
    while let next = next() {
      try? next.close()
      state.withLock { $0.held -= 1 }
    }
  }

  private static func next() -> FileDescriptor? {
    state.withLock { state in
      if !state.waiting.isEmpty { return state.waiting.removeFirst() }
      state.threads -= 1
      return nil
    }
  }
}
