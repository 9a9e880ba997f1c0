internal import SystemPackage

/// Whose turn it is: which descriptor is closed next, and whether one more thread is to come for it.
///
/// Nobody knows beforehand which close never ends. So a thread that takes a descriptor while others wait calls another one
/// for those first, and nothing has to wait for a clock. At most one is on its way at a time: whoever hands over many
/// calls one thread, and those that are closed at once are closed before many threads have come.
struct ClosingTurns {
  /// One more thread for what waits.
  enum Reinforcement {
    /// One that sleeps is to be woken.
    case wake
    /// There is none that sleeps: one is to be made.
    case make
  }

  /// What a thread does next.
  enum Step: Equatable {
    /// Calls the other first.
    case close(FileDescriptor, calling: Reinforcement?)
    case sleep
    case leave
  }

  /// Only so many that are never closed keep others waiting.
  private let threadsMax: Int
  /// Threads that stay when there is nothing to do.
  private let idleMax: Int
  private var waiting: [FileDescriptor] = []
  private var threads = 0
  /// Threads that sleep.
  private var idle = 0
  /// A thread was called, and has not come yet.
  private var isCalled = false

  init(threadsMax: Int, idleMax: Int) {
    self.threadsMax = threadsMax
    self.idleMax = idleMax
  }

  mutating func close(_ descriptor: FileDescriptor) -> Reinforcement? {
    waiting.append(descriptor)
    return reinforce()
  }

  /// Calls for a thread if something waits that nobody was called for.
  mutating func reinforce() -> Reinforcement? {
    guard !waiting.isEmpty, !isCalled else { return nil }
    if idle > 0 {
      idle -= 1
      isCalled = true
      return .wake
    }
    guard threads < threadsMax else { return nil }
    threads += 1
    isCalled = true
    return .make
  }

  /// Those at work go on with what waits.
  ///
  /// - Returns: What nobody is there to close.
  mutating func reinforcementFailed() -> [FileDescriptor] {
    threads -= 1
    isCalled = false
    guard threads == 0 else { return [] }
    defer { waiting.removeAll() }
    return waiting
  }

  /// A thread comes that was called.
  mutating func arrived() -> Step {
    isCalled = false
    return next()
  }

  /// What a thread does that has closed what it took, or has just come.
  mutating func next() -> Step {
    if !waiting.isEmpty {
      let descriptor = waiting.removeFirst()
      return .close(descriptor, calling: reinforce())
    }
    if idle < idleMax {
      idle += 1
      return .sleep
    }
    threads -= 1
    return .leave
  }
}
