import DequeModule

/// What a thread does.
nonisolated struct Work: Sendable {
  let number: Int
  let perform: @Sendable () -> Void
}

/// Whose turn it is: which work is done next, and whether one more thread is to do it.
nonisolated struct WorkTurns: Sendable {
  /// One more thread for what waits.
  enum Reinforcement {
    /// One that sleeps is to be woken.
    case wake
    /// There is none that sleeps: one is to be made.
    case make
  }

  /// How long work is under way, counted in looks.
  enum Age {
    case new, seen, long
  }

  private let atOnce: Int
  private let threadsMax: Int
  /// Short work that may be under way at one time: more than `atOnce` while none of it gets done.
  private var room: Int
  /// Work was done since the last look.
  private var hasProgress = false

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
    self.room = atOnce
    self.threadsMax = threadsMax
  }

  /// Some work waits that nobody was called for.
  var waitsForTurn: Bool { waiting.count > called }

  /// One more may be done, apart from what those take who were called.
  private var hasRoom: Bool { underWay.count - long + called < room }

  /// As much short work is under way as may be, and more waits.
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
      return .wake
    }
    guard threads < threadsMax else { return nil }
    threads += 1
    called += 1
    return .make
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

  /// - Returns: No other waits to be taken: the loop is to be woken.
  mutating func finish(_ work: Work) -> Bool {
    hasProgress = true
    finished.append(work.number)
    return finished.count == 1
  }

  mutating func takeFinished() -> [Int] {
    defer { finished.removeAll(keepingCapacity: true) }
    return finished
  }

  /// What is under way grows older: what is seen twice takes long. Where nothing gets done at all, the processors aren't
  /// what it waits for, and twice as much is begun as before.
  mutating func age() {
    for (number, age) in underWay {
      underWay[number] = age == .new ? .seen : .long
      if age == .seen { long += 1 }
    }
    room = hasProgress ? atOnce : min(2 * room, threadsMax)
    hasProgress = false
  }

  /// Another look changes nothing before some work is done: whoever does that goes on with what waits.
  var isHeldUp: Bool { threads == threadsMax && idle == 0 && long == underWay.count }
}
