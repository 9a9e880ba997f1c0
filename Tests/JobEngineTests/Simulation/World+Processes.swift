import Glibc
import JobEngine
import JobProtocol

// What becomes of processes.

extension World {
  func clones(_ tree: ProcessTree) {
    guard tree.hasLeaf else {
      let gone = StartFailure(step: .controlGroup, errno: 19, errnoName: "ENODEV", message: "gone")
      return happens(.event(.spawnFailed(tree.id, gone)), after: 0)
    }
    if isShort(of: .descriptors) {
      return happens(.event(.spawnFailed(tree.id, .madeUp(.process, EMFILE))), after: 0)
    }
    tree.clones()
    if let period = tree.program.birth.execAfter { happens(.executes(tree.id), after: period) }
    for _ in 0..<tree.program.spuriousChanges {
      happens(.event(.treeChanged(tree.id)), after: tree.random.period(upTo: .seconds(3)))
    }
  }

  func executes(_ tree: ProcessTree) {
    // It may have been killed on the way.
    guard tree.birth == .cloned, tree.processes.first?.isKilled == false else { return }
    if let failure = tree.program.birth.failure {
      tree.failsToExecute()
      tree.becomesEmpty(at: now)
      return happens(.event(.spawnFailed(tree.id, failure)), after: latency(tree))
    }
    tree.executes(at: now)
    happens(.event(.spawned(tree.id)), after: 0)
    expectDeaths(tree)
    for (index, child) in tree.program.children.enumerated() {
      happens(.forks(tree.id, child: index), after: child.forkedAfter)
    }
  }

  func isKilled(_ tree: ProcessTree) {
    if !isShort(of: .descriptors), !tree.failsToBeKilled() {
      tree.isKilled(at: now)
      expectDeaths(tree)
    }
    happens(.event(.killed(tree.id)), after: latency(tree))
  }

  /// To be called when processes may die sooner than before.
  func expectDeaths(_ tree: ProcessTree) {
    for process in tree.processes {
      guard let moment = process.diesAt, moment >= now, tree.expects(moment) else { continue }
      agenda.add(.dies(tree.id), at: moment)
    }
  }

  func dies(_ tree: ProcessTree) {
    if tree.isMainDead(at: now), !tree.isMainEndTold {
      tree.isMainEndTold = true
      if tree.birth == .cloned {
        tree.birth = .over
        happens(.event(.spawnKilled(tree.id)), after: latency(tree))
      } else {
        happens(.event(.mainExited(tree.id, tree.mainEnd)), after: latency(tree))
      }
    }
    guard !tree.isPopulated(at: now) else { return }
    tree.becomesEmpty(at: now)
    happens(.audit(tree.id), after: Referee.promptness)
    guard tree.isWatched else { return }
    // The kernel notifies at most once in 10 ms.
    happens(.event(.treeChanged(tree.id)), after: tree.random.below(.milliseconds(10)))
    if tree.random.percent(10) {
      happens(.event(.treeChanged(tree.id)), after: .milliseconds(10))
    }
  }

  private func latency(_ tree: ProcessTree) -> Int {
    tree.random.percent(tree.program.lateness)
      ? tree.random.period(upTo: Self.latenessMax) : tree.random.below(100)
  }
}
