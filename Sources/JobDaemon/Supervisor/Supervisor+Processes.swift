import JobEngine
import JobProtocol
import LinuxProcess
import LinuxSystem
import Logging
import SystemPackage

// Starting, asking, killing, looking.

extension Supervisor {
  func spawn(_ id: JobID) {
    guard let job = jobs[id], let start = job.start else {
      preconditionFailure("job \(id) is to be started, and there is nothing to start")
    }
    job.start = nil
    guard let spare = spares?.take(for: id) else { return startAnew(job, start) }
    guard let attempt = prepare(job, start, in: spare.tree) else { return }
    let expectation = promptStart?.expect(
      start.specification, in: spare, slowStreams: job.streams?.slow ?? [], at: Moment.monotonic)
    switch expectation {
    case .prompt: tryPromptly(job, attempt, in: spare.tree, otherwise: start)
    case .unknown: tryApart(job, attempt, otherwise: start) { [unowned self] in learn(attempt, $0) }
    case .slow, nil: tryApart(job, attempt, otherwise: start)
    }
  }

  /// - Parameter instead: What was tried before. Should it not go at once, its name is still taken.
  private func startAnew(
    _ job: JobResources, _ start: JobResources.Start, instead tried: (any JobTree)? = nil
  ) {
    if let tried, !tried.removeQuickly() {
      offload.run {
        tried.remove()
      } then: { _ in
      }
    }
    let tree: any JobTree
    do {
      let name = tried == nil ? leafName(job.id) : leafName(job.id) + "-again"
      tree = try place.makeTree(named: name, marks: start.marks)
    } catch {
      return event { $0.spawnFailed(job.id, StartFailure(makingLeaf: error), at: Moment.now) }
    }
    if let attempt = prepare(job, start, in: tree) { tryApart(job, attempt, otherwise: nil) }
  }

  /// - Returns: `nil` where the job's streams couldn't be made, which was told.
  private func prepare(
    _ job: JobResources, _ start: JobResources.Start, in tree: any JobTree
  ) -> StartAttempt? {
    job.tree = tree
    do throws(SystemError) {
      if let held = tree.descriptor { try budget.check(held) }
      // They are there where another leaf was tried before.
      if job.streams == nil { job.streams = try makeStreams(of: job, start) }
    } catch {
      event { $0.spawnFailed(job.id, StartFailure(makingStreams: error), at: Moment.now) }
      return nil
    }
    return job.streams.map { StartAttempt(start.specification, tree, $0) }
  }

  /// On this thread: it stands still meanwhile.
  private func tryPromptly(
    _ job: JobResources, _ attempt: StartAttempt, in tree: LeafTree,
    otherwise start: JobResources.Start
  ) {
    let began = Moment.monotonic
    promptStart?.begins(in: tree, at: began)
    // None comes meanwhile.
    let outcome = attempt.make(by: SlowDescriptors.areHeld ? spawner : copyingSpawner)
    if promptStart?.wasMade(from: began, to: outcome.at.monotonic) == true {
      tree.reapUnborn()
      return startAnew(job, start, instead: tree)
    }
    tried(job, attempt, outcome, otherwise: start)
  }

  /// The program may be started promptly the next time.
  private func learn(_ attempt: StartAttempt, _ outcome: StartAttempt.Outcome) {
    guard case .success = outcome.result,
      let lesson = promptStart?.lesson(of: attempt.specification, startedIn: outcome.period)
    else { return }
    offload.run {
      lesson.learn()
    } then: { [unowned self] learned in
      promptStart?.learned(learned, executed: outcome.at.monotonic)
    }
  }

  /// On another thread.
  private func tryApart(
    _ job: JobResources, _ attempt: StartAttempt, otherwise start: JobResources.Start?,
    then followUp: @escaping (StartAttempt.Outcome) -> Void = { _ in }
  ) {
    // Without a control group it is the child of its warden.
    let number = attempt.tree.controlGroup.flatMap { orphans?.spawnBegan(in: $0) }
    starts.run { [spawner] in
      attempt.make(by: spawner)
    } then: { [unowned self] outcome in
      tried(job, attempt, outcome, otherwise: start)
      followUp(outcome)
      if let number { orphans?.spawnReported(number) }
    }
  }

  /// - Parameter start: What is to be started in a new leaf should this one, made beforehand, take no process.
  private func tried(
    _ job: JobResources, _ attempt: StartAttempt, _ outcome: StartAttempt.Outcome,
    otherwise start: JobResources.Start?
  ) {
    if let start, outcome.isRefusedByLeaf {
      // Somebody has done something to it in the meantime.
      return startAnew(job, start, instead: attempt.tree)
    }
    // From now on only the job holds its streams: who reads them sees their end when it ends.
    job.streams = nil
    spawned(job, attempt.tree, outcome.result, at: outcome.at)
    if !starts.isCrowded { spares?.want() }
  }

  private func spawned(
    _ job: JobResources, _ tree: any JobTree, _ result: Swift.Result<Int32, SpawnFailure>,
    at moment: Timestamp
  ) {
    switch result {
    case .failure(let failure) where failure.step == .killed:
      event { $0.spawnKilled(job.id, StartFailure(failure), at: moment) }
    case .failure(let failure):
      event { $0.spawnFailed(job.id, StartFailure(failure), at: moment) }
    case .success(let pid):
      job.mainPid = pid
      mainProcesses[pid] = job.id
      do {
        job.newsSource = try IOSource(
          loop, tree.newsDescriptor, .input, priority: .exits
        ) { [unowned self] _ in
          hear(of: job)
          // Readable from now on, whether or not it could be reaped.
          if tree.mainIsChild { job.newsSource = nil }
        }
      } catch {
        // SIGCHLD tells it, too.
        log.error("watching a process failed: \(error)", metadata: ["job": "\(job.id)"])
      }
      event {
        $0.spawned(job.id, pid: Int(pid), controlGroup: tree.controlGroup, at: moment)
      }
      logStarted(job)
      for relay in job.relays { relay.begin() }
    }
  }

  /// - Returns: It is a main process.
  func reapMain(_ pid: Int32) -> Bool {
    guard let id = mainProcesses[pid] else { return false }
    guard let job = jobs[id] else {
      mainProcesses[pid] = nil
      return false
    }
    hear(of: job)
    return mainProcesses[pid] == nil
  }

  /// Tells the engine what has become of a job's processes.
  private func hear(of job: JobResources) {
    guard let tree = job.tree else { return }
    do {
      while let news = try tree.news() {
        if !tree.hasNewsToCome { job.newsSource = nil }
        switch news {
        case .mainExited(let exit):
          mainProcesses[exit.pid] = nil
          let exit = MainExit(exit, own: &ownUsage)
          event { $0.mainExited(job.id, exit, at: Moment.now) }
        case .emptied:
          event { $0.treeChanged(job.id, at: Moment.now) }
        case .lost:
          lost(job, tree)
        }
      }
    } catch {
      preconditionFailure("a job's processes can't be heard of: \(error)")
    }
  }

  /// Nothing holds the job's processes any more: they end now, as far as they can be found.
  private func lost(_ job: JobResources, _ tree: any JobTree) {
    log.error("the warden of a job was killed; killing the job", metadata: ["job": "\(job.id)"])
    killAll(of: tree, job.id) { [unowned self] in
      event { $0.treeChanged(job.id, at: Moment.now) }
    }
  }

  func ask(_ id: JobID, _ plan: StopPlan) {
    guard let job = jobs[id], let tree = job.tree else { return }
    if plan.closesInput { job.keepalive = nil }
    let signal = plan.signal.map(Signal.init(rawValue:))
    let onlyMain = plan.scope == .main
    if tree.isSmall() {
      tree.ask(signal, main: onlyMain)
      rehearsal?.want(for: id)
      return
    }
    offload.run {
      tree.ask(signal, main: onlyMain)
    } then: { _ in
    }
  }

  func kill(_ id: JobID) {
    guard let job = jobs[id], let tree = job.tree else { return }
    // Most jobs have no other process left: it dies while the rest is looked for.
    tree.killMain()
    // Should the kernel hold one up, no more than that one waits on a thread.
    if job.isBeingKilled { return job.isToBeKilledAgain = true }
    if tree.isSmall() {
      killTried(id, Self.kill(tree))
      rehearsal?.want(for: id)
      return event { $0.killed(id, at: Moment.now) }
    }
    job.isBeingKilled = true
    killAll(of: tree, id) { [unowned self] in
      job.isBeingKilled = false
      if job.isToBeKilledAgain {
        job.isToBeKilledAgain = false
        kill(id)
      }
      event { $0.killed(id, at: Moment.now) }
    }
  }

  private func killAll(of tree: any JobTree, _ id: JobID, then done: @escaping () -> Void) {
    offload.run {
      Self.kill(tree)
    } then: { [unowned self] error in
      killTried(id, error)
      done()
    }
  }

  /// - Returns: What was in the way.
  nonisolated private static func kill(_ tree: any JobTree) -> SystemError? {
    do throws(SystemError) {
      try tree.kill()
      return nil
    } catch {
      return error
    }
  }

  private func killTried(_ id: JobID, _ error: SystemError?) {
    if let error { log.error("killing a job failed: \(error)", metadata: ["job": "\(id)"]) }
  }

  func inspect(_ id: JobID) {
    guard let tree = jobs[id]?.tree else { return }
    do {
      let populated = try tree.isPopulated()
      event { $0.inspected(id, populated: populated, at: Moment.now) }
    } catch {
      log.error("looking at a job's tree failed: \(error)", metadata: ["job": "\(id)"])
      event { $0.lookFailed(id, at: Moment.now) }
    }
  }

  func watch(_ id: JobID) {
    guard let job = jobs[id], let tree = job.tree, job.treeWatch == nil else { return }
    do {
      // Where there is none, the news tell it.
      guard let events = try tree.openEvents() else { return }
      job.treeWatch = try TreeWatch(loop, events) { [unowned self] in
        event { $0.treeChanged(id, at: Moment.now) }
      } lost: { [unowned self] in
        jobs[id]?.treeWatch = nil
        // A look tells what has become of it; who waits for the tree watches it anew.
        event { $0.treeChanged(id, at: Moment.now) }
        event { $0.lookFailed(id, at: Moment.now) }
      }
    } catch {
      log.error("watching a job's tree failed: \(error)", metadata: ["job": "\(id)"])
      event { $0.lookFailed(id, at: Moment.now) }
    }
  }

  func findSurvivors(_ id: JobID) {
    guard let job = jobs[id], let tree = job.tree, !job.isSearched else { return }
    job.isSearched = true
    offload.run {
      tree.processes(limit: Supervisor.survivorsToldMax)
    } then: { [unowned self] processes in
      job.isSearched = false
      let survivors = processes.map(Survivor.init)
      for survivor in survivors {
        log.error(
          "a process survives SIGKILL",
          metadata: [
            "job": "\(id)", "pid": "\(survivor.pid)", "command": "\(survivor.command)",
            "state": "\(survivor.state)", "waitChannel": "\(survivor.waitChannel ?? "")",
          ])
      }
      event { $0.survivorsFound(id, survivors, at: Moment.now) }
    }
  }

  /// Enough to see what is the matter.
  nonisolated private static let survivorsToldMax = 32
}
