public import LinuxSystem

/// Whether a program can be started by the thread that has everything else to do, too.
///
/// That stands still until the program is executed. It is for a third of a millisecond, and saves a sixth of that for
/// handing over to another thread and back (docs/performance.md), where nothing has to be waited for: not for
/// a disk or a server, nor for a processor, nor for somebody to thaw the cgroup. All of that is looked at
/// before, which costs some microseconds; and should a start take long all the same, none is made
/// so for a while.
public struct PromptStart: ~Copyable {
  /// A start that took longer wasn't prompt. Microseconds.
  private static let longest = 5_000
  /// For so long none is tried after one that wasn't. Microseconds.
  private static let rest = 1_000_000

  private var programs: WarmPrograms
  private let processors: Processors
  private var restsUntil = 0

  /// For the calling thread. If that goes before others, what it makes doesn't from now on.
  ///
  /// - Throws: Where the kernel doesn't tell what has to be known, or doesn't permit what has to be done.
  public init() throws(SystemError) {
    try self.init(Processors())
  }

  init(_ processors: consuming Processors) throws(SystemError) {
    let programs = try WarmPrograms()
    if !Scheduling.isOrdinary { try Self.keepRank() }
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

  /// Whether one is prompt, as far as can be known.
  ///
  /// - Parameter now: Monotonic microseconds.
  public mutating func isToBeExpected(
    of specification: SpawnSpecification, in leaf: borrowing SpareLeaf, at now: Int
  ) -> Bool {
    now >= restsUntil && processors.areEnough() && !leaf.isFrozen()
      && programs.contain(specification)
  }

  /// One was made, from a moment to another, in monotonic microseconds.
  public mutating func wasMade(from: Int, to: Int) {
    if to - from > Self.longest { restsUntil = to + Self.rest }
  }
}
