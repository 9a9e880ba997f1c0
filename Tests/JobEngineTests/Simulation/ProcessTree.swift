import JobEngine
import JobProtocol

/// A job's processes and its leaf as they really are, whatever the engine believes.
final class ProcessTree {
  struct Process {
    let behavior: Program.Behavior
    /// `nil`: never, as things are.
    var diesAt: Int?
    var isKilled = false

    func lives(at now: Int) -> Bool { diesAt.map { $0 > now } ?? true }
  }

  enum Birth {
    case unborn, cloned
    /// Executed, or failed to.
    case over
  }

  let id: JobID
  let client: Int
  let program: Program
  var random: SplitMix64

  var birth = Birth.unborn
  /// The main one first.
  private(set) var processes: [Process] = []
  private(set) var mainEnd: MainExit
  var isMainEndTold = false
  private var missedByKill: Int
  private var failedLooks: Int
  private var failedKills: Int
  private var expectedDeaths: [Int] = []
  /// When the last process died, or was found never to have been.
  private(set) var emptySince = 0

  var hasLeaf = false
  var isWatched = false
  var isDraining = false
  var isDiscarded = false

  init(_ id: JobID, of client: Int, _ program: Program, _ random: SplitMix64) {
    self.id = id
    self.client = client
    self.program = program
    self.random = random
    self.mainEnd = program.exit
    self.missedByKill = program.missedByKill
    self.failedLooks = program.failedLooks
    self.failedKills = program.failedKills
  }

  /// Descriptors are short.
  func failsToBeLookedAt() -> Bool {
    guard failedLooks > 0 else { return false }
    failedLooks -= 1
    return true
  }

  func failsToBeKilled() -> Bool {
    guard failedKills > 0 else { return false }
    failedKills -= 1
    return true
  }

  func isPopulated(at now: Int) -> Bool {
    processes.contains { $0.lives(at: now) }
  }

  func isMainDead(at now: Int) -> Bool {
    processes.first.map { !$0.lives(at: now) } ?? false
  }

  /// The moment from which on the kernel removes the leaf; `nil` for not as things are.
  func removable(at now: Int) -> Int? {
    guard !isPopulated(at: now), let busy = program.leafBusyFor else { return nil }
    return emptySince + busy
  }
}

// MARK: - What happens to processes

extension ProcessTree {
  /// The first process is in the leaf, and on its way to its program.
  func clones() {
    birth = .cloned
    processes = [Process(behavior: program.main)]
  }

  func executes(at now: Int) {
    birth = .over
    processes[0].diesAt = program.main.lives.map { now + $0 }
  }

  func failsToExecute() {
    birth = .over
    processes = []
  }

  /// Somebody forks who isn't killed.
  func forks(_ behavior: Program.Behavior, at now: Int) {
    guard processes.contains(where: { $0.lives(at: now) && !$0.isKilled }) else { return }
    processes.append(Process(behavior: behavior, diesAt: behavior.lives.map { now + $0 }))
  }

  func isAsked(_ plan: StopPlan, at now: Int) {
    guard plan.signal != nil || plan.closesInput, !program.isDeaf else { return }
    let asked = plan.scope == .main ? processes.prefix(1).indices : processes.indices
    for index in asked {
      end(index, after: processes[index].behavior.obeysAfter, at: now) {
        .signaled(15, "SIGTERM")
      }
    }
  }

  func isKilled(at now: Int) {
    let forker = processes.contains { $0.lives(at: now) && !$0.isKilled }
    for index in processes.indices {
      processes[index].isKilled = true
      end(index, after: processes[index].behavior.diesAfter, at: now) { .signaled(9, "SIGKILL") }
    }
    if forker, missedByKill > 0, birth == .over {
      missedByKill -= 1
      processes.append(Process(behavior: program.main, diesAt: nil))
    }
  }

  /// - Returns: The moment wasn't expected before.
  func expects(_ death: Int) -> Bool {
    guard !expectedDeaths.contains(death) else { return false }
    expectedDeaths.append(death)
    return true
  }

  /// Its last process is gone.
  func becomesEmpty(at now: Int) {
    emptySince = now
  }

  private func end(_ index: Int, after period: Int?, at now: Int, _ how: () -> MainExit) {
    guard let period, processes[index].lives(at: now) else { return }
    let soonest = processes[index].diesAt ?? .max
    guard now + period < soonest else { return }
    processes[index].diesAt = now + period
    if index == 0 { mainEnd = how() }
  }
}
