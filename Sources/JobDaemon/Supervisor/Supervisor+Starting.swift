import JobEngine
import JobProtocol
import LinuxProcess
import LinuxSystem
import SystemPackage

// Starting.

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
    // Should the kernel refuse, what ends the service removes it.
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
    // None comes meanwhile: whatever it may take long to close is given up on the loop.
    let copies = !SlowDescriptors.areHeld && hasFewDescriptors(with: tree)
    guard let outcome = attempt.make(by: copies ? copyingSpawner : spawner) else { return }
    if promptStart?.wasMade(from: began, to: outcome.at.monotonic) == true {
      tree.reapUnborn()
      return startAnew(job, start, instead: tree)
    }
    tried(job, attempt, outcome, otherwise: start)
  }

  /// No more than every child has copies of: who opens something gets the lowest number that is free. More take longer to
  /// copy, and to close, than a start takes to fetch its own. (docs/performance.md)
  private func hasFewDescriptors(with tree: LeafTree) -> Bool {
    tree.descriptor.map(LowNumbers.contain) ?? true
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
    job.attempt = attempt
    // Without a control group it is the child of its warden.
    let number = attempt.tree.controlGroup.flatMap { orphans?.spawnBegan(in: $0) }
    starts.run { [spawner] in
      attempt.make(by: spawner)
    } then: { [unowned self] outcome in
      if let outcome {
        job.attempt = nil
        tried(job, attempt, outcome, otherwise: start)
        followUp(outcome)
      }
      if let number { orphans?.spawnReported(number) }
    }
  }

  /// - Parameter start: What is to be started in a new leaf should this one, made beforehand, take no process.
  private func tried(
    _ job: JobResources, _ attempt: StartAttempt, _ outcome: StartAttempt.Outcome,
    otherwise start: JobResources.Start?
  ) {
    if let start, outcome.isRefusedByLeaf, engine.isToStart(job.id) {
      // Somebody else has done something to it in the meantime.
      return startAnew(job, start, instead: attempt.tree)
    }
    // From now on, or before long, only the job holds its streams: who reads them sees their end when it ends.
    job.streams = nil
    spawned(job, attempt.tree, outcome.result, at: outcome.at)
    if !starts.isCrowded { spares?.want() }
  }

  /// A job that is to be killed, and whose start still waits for its turn, isn't started.
  ///
  /// - Returns: There is nothing to be killed.
  func abandonStart(of job: JobResources) -> Bool {
    guard let attempt = job.attempt, attempt.abandon() else { return false }
    job.attempt = nil
    job.streams = nil
    event { $0.spawnKilled(job.id, .abandoned, at: Moment.now) }
    return true
  }
}
