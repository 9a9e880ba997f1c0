import Glibc
import JobEngine
import JobProtocol

/// Everything outside the engine: kernel, processes, threads, sockets. It carries actions out, as
/// the daemon would, and brings forth events.
///
/// A new action is carried out in ``carryOut(_:)``; a new thing that happens to processes is a case
/// of ``Happening``.
final class World {
  enum Happening {
    case act(Int)
    case event(Event)
    /// What is answered at once as a rule, this time later.
    case late(Action)
    case clones(JobID)
    case executes(JobID)
    case forks(JobID, child: Int)
    case isAsked(JobID, StopPlan)
    case isKilled(JobID)
    /// A process dies, if nothing has changed.
    case dies(JobID)
    /// Time for the referee to see whether what was due was done.
    case audit(JobID)

    /// It is, or goes through, the daemon: while that is stopped it doesn't happen.
    var needsDaemon: Bool {
      switch self {
      case .act, .event, .late, .clones, .isAsked, .isKilled, .audit: true
      case .executes, .forks, .dies: false
      }
    }
  }

  var agenda = Agenda()
  var now = 0
  private(set) var trees: [ProcessTree] = []
  private var stoppedReading: Set<Int> = []
  /// Observers that have a reply in front of them that they don't read.
  private var unreadBy: Set<ClientID> = []

  /// Until when it lasts that all jobs are short of something, or that the daemon is stopped.
  private var shortUntil: [Shortage: Int] = [:]
  private(set) var stoppedUntil = 0
  /// How long such things have lasted altogether.
  private(set) var hardships = 0

  /// Longest wait for what the kernel or the daemon answers at once as a rule.
  static let latenessMax = Int.milliseconds(50)

  func tree(_ id: JobID) -> ProcessTree { trees[id.rawValue - 1] }

  func add(_ tree: ProcessTree) {
    trees.append(tree)
  }

  func happens(_ happening: Happening, after period: Int) {
    agenda.add(happening, at: now + period)
  }

  // MARK: what befalls all

  func isShort(of what: Shortage) -> Bool { shortUntil[what].map { $0 > now } ?? false }

  /// From when on nothing but its own work keeps the daemon from what it has to do.
  var ableSince: Int { max(stoppedUntil, shortUntil[.descriptors] ?? 0) }

  func shortens(_ what: Shortage, for period: Int) {
    shortUntil[what] = max(shortUntil[what] ?? 0, now + period)
    hardships += period
  }

  func stopsDaemon(for period: Int) {
    stoppedUntil = max(stoppedUntil, now + period)
    hardships += period
  }

  /// What a stopped daemon finds when it goes on: calls in their order, notifications in any, but for births,
  /// which a thread has told before anybody waits for the death.
  func isPutOff(_ happening: Happening) -> Bool {
    guard happening.needsDaemon else { return false }
    switch happening {
    case .act, .event(.spawned), .event(.spawnFailed), .event(.spawnKilled), .event(.lineEnded):
      guard now < stoppedUntil else { return false }
      agenda.add(happening, at: stoppedUntil)
    case .audit:
      guard now < ableSince else { return false }
      agenda.add(happening, at: ableSince + Referee.promptness)
    default:
      guard now <= stoppedUntil, stoppedUntil > 0 else { return false }
      putOff += 1
      var random = SplitMix64(UInt64(stoppedUntil), for: putOff)
      agenda.add(happening, at: stoppedUntil + 1 + random.below(200))
    }
    return true
  }

  private var putOff = 0

  // MARK: clients

  func stopsReading(_ client: Int) {
    stoppedReading.insert(client)
  }

  func readsAgain(_ client: Int, job: JobID?) {
    stoppedReading.remove(client)
    if unreadBy.remove(ClientID(rawValue: client)) != nil {
      happens(.event(.observerReady(ClientID(rawValue: client))), after: 10)
    }
    if let job, tree(job).isDraining {
      happens(.event(.outputDrained(job)), after: tree(job).program.drainsFor)
    }
  }

  // MARK: actions

  /// - Returns: The answer, if it comes at once.
  func carryOut(_ action: Action) -> Event? {
    switch action {
    case .spawn(let id):
      if isShort(of: .disk) { return .spawnFailed(id, .madeUp(.controlGroup, ENOSPC)) }
      if isShort(of: .descriptors) { return .spawnFailed(id, .madeUp(.controlGroup, EMFILE)) }
      tree(id).hasLeaf = true
      happens(.clones(id), after: tree(id).program.birth.clonedAfter)
    case .ask(let id, let plan): happens(.isAsked(id, plan), after: threadLatency(id))
    case .kill(let id): happens(.isKilled(id), after: threadLatency(id))
    case .watch(let id):
      if cannotLook(at: id) { return .lookFailed(id) }
      tree(id).isWatched = true
    case .inspect(let id), .findSurvivors(let id), .readUsage(let id), .removeLeaf(let id):
      let tree = tree(id)
      guard tree.random.percent(tree.program.lateness) else { return answer(action) }
      happens(.late(action), after: tree.random.period(upTo: Self.latenessMax))
    case .drainOutput(let id): return drain(tree(id))
    case .dropOutput(let id): return .outputDrained(id)
    case .discardOutput(let id):
      tree(id).isDiscarded = true
      if tree(id).isDraining { happens(.event(.outputDrained(id)), after: 100) }
    case .replyToList(let client, _, continues: true):
      if stoppedReading.contains(client.rawValue) {
        unreadBy.insert(client)
      } else {
        happens(.event(.observerReady(client)), after: client.rawValue % 977)
      }
    case .drop(let client): happens(.event(.lineEnded(client, .closed)), after: 0)
    case .replyToRun, .replyToCancel, .replyToList, .forget, .exit: break
    }
    return nil
  }

  /// What is so at this moment.
  func answer(_ action: Action) -> Event? {
    switch action {
    case .inspect(let id):
      if cannotLook(at: id) { return .lookFailed(id) }
      return .inspected(id, populated: tree(id).isPopulated(at: now))
    case .findSurvivors(let id):
      if cannotRead(id) { return .survivorsFound(id, []) }
      let count = tree(id).processes.count { $0.lives(at: now) }
      return .survivorsFound(id, Array(repeating: .asleep, count: count))
    case .readUsage(let id):
      var usage = Usage()
      if !cannotRead(id) { usage.oomKills = tree(id).program.oomKills }
      return .usageRead(id, usage)
    case .removeLeaf(let id):
      let tree = tree(id)
      guard tree.hasLeaf else { return .leafRemoved(id) }
      guard !isShort(of: .descriptors), let moment = tree.removable(at: now), moment <= now else {
        return .leafBusy(id)
      }
      tree.hasLeaf = false
      return .leafRemoved(id)
    default: return nil
    }
  }

  private func cannotLook(at id: JobID) -> Bool {
    isShort(of: .descriptors) || tree(id).failsToBeLookedAt()
  }

  private func cannotRead(_ id: JobID) -> Bool {
    isShort(of: .descriptors) || tree(id).program.isOpaque
  }

  private func drain(_ tree: ProcessTree) -> Event? {
    tree.isDraining = true
    if !tree.isDiscarded, stoppedReading.contains(tree.client) { return nil }
    if tree.isDiscarded || tree.program.drainsFor == 0 { return .outputDrained(tree.id) }
    happens(.event(.outputDrained(tree.id)), after: tree.program.drainsFor)
    return nil
  }

  private func threadLatency(_ id: JobID) -> Int {
    tree(id).random.period(upTo: tree(id).program.threadLatency)
  }
}
