internal import Synchronization

/// Whoever starts a process, and whoever needs the last copy of a descriptor to be closed, takes turns.
///
/// A process that is being started has a copy of all descriptors until it executes its program: for so
/// long the end of a pipe isn't the end of those who were given it.
public enum Forking {
  private static let turn = Mutex(())

  public static func inTurn<Result>(_ body: () throws -> Result) rethrows -> Result {
    try turn.withLock { _ in try body() }
  }
}
