public import LinuxSystem
public import SystemPackage

/// Whether a program can be started by the thread that has everything else to do, too.
///
/// That stands still until the program is executed. It is for a third of a millisecond, and saves a sixth of that for
/// handing over to another thread and back (docs/performance.md), where nothing has to be waited for: not for
/// a disk or a server, nor for a processor, nor for somebody to thaw the cgroup. All of that is looked at
/// before, which costs some microseconds; should a start take long all the same, it is ended, to be made
/// elsewhere, and none is made so for a while.
public struct PromptStart: ~Copyable {
  /// What is to be expected of a start.
  public enum Expectation: Hashable, Sendable {
    /// It is prompt, as far as can be known.
    case prompt
    /// It would be worth knowing more of the program: ``lesson(of:)``, if it starts without delay elsewhere.
    case unknown
    /// It may not be.
    case slow
  }

  /// A start that took longer wasn't prompt. Microseconds.
  private static let longest = 5_000
  /// For so long none is tried after one that wasn't. Microseconds.
  private static let rest = 1_000_000

  private var programs: WarmPrograms
  private let processors: Processors
  private let watchdog: StartWatchdog
  private var restsUntil = 0
  /// What is being started, or is about to be.
  private var file: ProgramFile?

  /// For the calling thread. If that goes before others, what it makes doesn't from now on.
  ///
  /// - Throws: Where the kernel doesn't tell what has to be known, or doesn't permit what has to be done.
  public init() throws(SystemError) {
    try self.init(Processors())
  }

  init(_ processors: consuming Processors) throws(SystemError) {
    let programs = try WarmPrograms()
    if !Scheduling.isOrdinary { try Self.keepRank() }
    watchdog = try StartWatchdog()
    self.programs = programs
    self.processors = processors
  }

  /// Other threads must be able to take the rank that they don't inherit: who may go back may do that.
  private static func keepRank() throws(SystemError) {
    let rank = try Scheduling.Rank()
    try rank.take()
    try rank.take(handedDown: true)
    try rank.take()
  }

  /// - Parameters:
  ///   - slowStreams: Those of its streams of which it isn't known that a copy is closed at once.
  ///   - now: Monotonic microseconds.
  public mutating func expect(
    _ specification: SpawnSpecification, in leaf: borrowing SpareLeaf,
    slowStreams: [FileDescriptor] = [], at now: Int
  ) -> Expectation {
    guard now >= restsUntil, processors.areEnough(), !leaf.isFrozen() else { return .slow }
    switch programs.know(specification, slowStreams, at: now) {
    case .warm(let file):
      self.file = file
      return .prompt
    case .unknown: return .unknown
    case .other: return .slow
    }
  }

  /// What was expected to be prompt is about to be started.
  ///
  /// - Parameter now: Monotonic microseconds.
  public func begins(in leaf: LeafTree, at now: Int) {
    watchdog.begins(in: leaf, at: now)
  }

  /// It was started, or wasn't, from a moment to another, in monotonic microseconds.
  ///
  /// - Returns: It took so long that it was ended, whatever it came to: no instruction of the program was executed.
  ///   ``LeafTree/reapUnborn()``
  public mutating func wasMade(from: Int, to: Int) -> Bool {
    let isEnded = watchdog.isOver()
    if let file {
      let isPrompt = to - from <= Self.longest
      if isPrompt { programs.executed(file, at: to) } else { programs.forget(file) }
      if !isPrompt { restsUntil = to + Self.rest }
    }
    file = nil
    return isEnded
  }

  // MARK: learning

  /// What there is to be learned of a program that was started elsewhere just now; `nil` where that took too long for it
  /// to be prompt here.
  ///
  /// - Parameter period: How long that took. Microseconds.
  public func lesson(of specification: SpawnSpecification, startedIn period: Int) -> Lesson? {
    period <= Self.longest ? Lesson(of: programs.lesson(of: specification)) : nil
  }

  /// Of a program.
  public struct Lesson: Sendable {
    private let lesson: WarmPrograms.Lesson

    fileprivate init(of lesson: WarmPrograms.Lesson) { self.lesson = lesson }

    /// On any thread: it may take long.
    public func learn() -> Learned {
      Learned(result: lesson.learn())
    }
  }

  /// What a lesson has told.
  public struct Learned: Sendable {
    fileprivate let result: (file: ProgramFile, isLoadedLikeOurs: Bool)?
  }

  /// - Parameter now: When the program was executed, in monotonic microseconds.
  public mutating func learned(_ learned: Learned, executed now: Int) {
    guard let (file, isLoadedLikeOurs) = learned.result else { return }
    programs.learned(file, isLoadedLikeOurs: isLoadedLikeOurs, executed: now)
  }
}
