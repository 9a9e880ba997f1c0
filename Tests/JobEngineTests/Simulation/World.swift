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
  }

  var agenda = Agenda()
  var now = 0
  private(set) var trees: [ProcessTree] = []
  private var stoppedReading: Set<Int> = []
  /// Observers that have a reply in front of them that they don't read.
  private var unreadBy: Set<ClientID> = []

  /// Longest wait for what the kernel or the daemon answers at once as a rule.
  static let latenessMax = Int.milliseconds(50)

  func tree(_ id: JobID) -> ProcessTree { trees[id.rawValue - 1] }

  func add(_ tree: ProcessTree) {
    trees.append(tree)
  }

  func happens(_ happening: Happening, after period: Int) {
    agenda.add(happening, at: now + period)
  }

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
      tree(id).hasLeaf = true
      happens(.clones(id), after: tree(id).program.birth.clonedAfter)
    case .ask(let id, let plan): happens(.isAsked(id, plan), after: threadLatency(id))
    case .kill(let id): happens(.isKilled(id), after: threadLatency(id))
    case .watch(let id):
      if tree(id).failsToBeLookedAt() { return .lookFailed(id) }
      tree(id).isWatched = true
    case .inspect(let id), .findSurvivors(let id), .readUsage(let id), .removeLeaf(let id):
      let tree = tree(id)
      guard tree.random.percent(tree.program.lateness) else { return answer(action) }
      happens(.late(action), after: tree.random.period(upTo: Self.latenessMax))
    case .drainOutput(let id): return drain(tree(id))
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
      if tree(id).failsToBeLookedAt() { return .lookFailed(id) }
      return .inspected(id, populated: tree(id).isPopulated(at: now))
    case .findSurvivors(let id):
      let count = tree(id).processes.count { $0.lives(at: now) }
      return .survivorsFound(id, Array(repeating: .asleep, count: count))
    case .readUsage(let id):
      var usage = Usage()
      usage.oomKills = tree(id).program.oomKills
      return .usageRead(id, usage)
    case .removeLeaf(let id):
      let tree = tree(id)
      guard tree.hasLeaf else { return .leafRemoved(id) }
      guard let moment = tree.removable(at: now), moment <= now else { return .leafBusy(id) }
      tree.hasLeaf = false
      return .leafRemoved(id)
    default: return nil
    }
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
