internal import CLinux

/// How processes are made on this machine: found out once, by ``JobRoot/probe()``.
public struct SpawnMethod: Hashable, Sendable {
  /// How a child comes into its cgroup. Neither way leaves a moment in which it could fork
  /// outside.
  public enum Entry: Hashable, Sendable {
    /// It is born there: clone3(2) with CLONE_INTO_CGROUP, Linux 5.7.
    case birth
    /// It moves itself before it does anything else, which costs up to tens of milliseconds: where
    /// a seccomp filter forbids clone3.
    case migration
  }

  /// What the child's memory is until it executes its program.
  public enum Memory: Hashable, Sendable {
    /// The daemon's. Independent of the daemon's size.
    case shared
    /// A copy of the daemon's: for a child that takes on another user's credentials.
    case copied
  }

  /// How a child gets the descriptors that it is to have.
  public enum Descriptors: Hashable, Sendable {
    /// It fetches them, where it may; otherwise the next.
    case fetched
    /// It has a copy of all of the daemon's, and closes those of others.
    case copied
  }

  /// How a child comes into its cgroup.
  public var entry: Entry
  /// What its memory is until then.
  public var memory: Memory
  /// Whether close_range(2) is there; descriptors are closed one by one otherwise.
  public var hasCloseRange: Bool
  /// Which it has until then.
  public var descriptors: Descriptors

  /// The ordinary way, unless told otherwise.
  public init(
    entry: Entry = .birth, memory: Memory = .shared, hasCloseRange: Bool = true,
    descriptors: Descriptors = .fetched
  ) {
    self.descriptors = descriptors
    self.entry = entry
    self.memory = memory
    self.hasCloseRange = hasCloseRange
  }

  /// Children share the daemon's table to begin with. One that moves itself opens a file before anything else, which would
  /// stay open there if it was killed then.
  var childrenFetch: Bool {
    descriptors == .fetched && entry == .birth && hasCloseRange
  }

  var flags: UInt32 {
    var flags: UInt32 = 0
    if entry == .migration { flags |= CLINUX_SPAWN_MIGRATE.rawValue }
    if memory == .copied { flags |= CLINUX_SPAWN_COPY_MEMORY.rawValue }
    if !hasCloseRange { flags |= CLINUX_SPAWN_NO_CLOSE_RANGE.rawValue }
    return flags
  }
}
