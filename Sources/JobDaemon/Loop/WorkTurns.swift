import DequeModule

/// What a thread does.
nonisolated struct Work: Sendable {
  let number: Int
  let perform: @Sendable () -> Void
}

/// Whose turn it is: which work is done next, and whether one more thread is to do it.
nonisolated struct WorkTurns: Sendable {
  /// Whom there is to do more.
  enum Reinforcement {
    /// A thread that sleeps.
    case idle
    /// A thread that is to be made.
    case new
  }

  /// How long work is under way, counted in looks.
  enum Age {
    case new, seen, long
  }

  let atOnce: Int
  let threadsMax: Int

  private var waiting: Deque<Work> = []
  /// Numbers of what is done.
  private var finished: [Int] = []
  private var underWay: [Int: Age] = [:]
  /// Of what is under way, what takes long.
  private var long = 0
  private var threads = 0
  /// Threads that sleep.
  private var idle = 0
  /// Threads that were called, and have not come for work yet.
  private var called = 0

  init(atOnce: Int, threadsMax: Int) {
    self.atOnce = atOnce
    self.threadsMax = threadsMax
  }

  /// Work waits that nobody was called for.
  var waitsForTurn: Bool { waiting.count > called }

  /// One more may be done, apart from what those take who were called.
  private var hasRoom: Bool { underWay.count - long + called < atOnce }

  /// Work waits its turn, and none of what it waits for takes long.
  var isCrowded: Bool { waitsForTurn && !hasRoom }

  mutating func submit(_ work: Work) -> Reinforcement? {
    waiting.append(work)
    return reinforce()
  }

  /// Calls for a thread if one more has something to do.
  mutating func reinforce() -> Reinforcement? {
    guard waitsForTurn, hasRoom else { return nil }
    if idle > 0 {
      idle -= 1
      called += 1
      return .idle
    }
    guard threads < threadsMax else { return nil }
    threads += 1
    called += 1
    return .new
  }

  /// - Returns: What nobody is there to do.
  mutating func reinforcementFailed() -> [Work] {
    threads -= 1
    called -= 1
    guard threads == 0 else { return [] }
    defer { waiting.removeAll() }
    return Array(waiting)
  }

  /// A thread comes that was called.
  mutating func awoken() -> Work? {
    called -= 1
    return next()
  }

  /// - Returns: What the same thread does next.
  mutating func next(after work: Work) -> Work? {
    if underWay.removeValue(forKey: work.number) == .long { long -= 1 }
    return next()
  }

  /// Without anything to do, the thread sleeps.
  private mutating func next() -> Work? {
    guard hasRoom, let work = waiting.popFirst() else {
      idle += 1
      return nil
    }
    underWay[work.number] = .new
    return work
  }

  /// - Returns: It is the first that is to be taken.
  mutating func finish(_ work: Work) -> Bool {
    finished.append(work.number)
    return finished.count == 1
  }

  mutating func takeFinished() -> [Int] {
    defer { finished.removeAll(keepingCapacity: true) }
    return finished
  }

  /// What is under way grows older: what is so for the second time takes long.
  mutating func age() {
    for (number, age) in underWay {
      underWay[number] = age == .new ? .seen : .long
      if age == .seen { long += 1 }
    }
  }
}
