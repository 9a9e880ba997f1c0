import JobProtocol

@testable import JobEngine

// What may be wanted, and when.

extension Referee {
  func sees(_ action: Action) {
    switch action {
    case .replyToList: break
    default: require(exits == 0, "the end", "after the exit: \(action.summary)")
    }
    switch action {
    case .spawn(let id): isSpawned(touch(id))
    case .ask(let id, let plan): isAsked(touch(id), plan)
    case .kill(let id): isKilled(touch(id))
    case .inspect(let id):
      let job = touch(id)
      require(!job.isForgotten, "forgotten is forgotten", "job \(id) is looked at")
      job.looks += 1
      // Some for each kill, of which there are ten a second at most.
      let looksMax = 500 + (now - (job.downSince ?? now)) / 5_000
      require(job.looks <= looksMax, "no spin", "job \(id) is looked at \(job.looks) times")
      if job.isWatchDue { (job.isWatchDue, job.due) = (false, nil) }
    case .watch(let id):
      let job = touch(id)
      require(!job.isWatched && !job.isSettled, "order", "job \(id) is watched again")
      job.isWatched = true
      job.isWatchDue = true
      job.due = "it was to be looked at once more, now that it is watched"
    case .findSurvivors(let id):
      let job = touch(id)
      require(
        job.kills > 0 && now - job.bornOrKilledAt >= limits.stuckAfter, "stuck",
        "job \(id) is believed to be stuck too early")
    case .readUsage(let id):
      let job = touch(id)
      require(
        job.isBorn && job.usage == nil && !job.isSettled, "order", "usage of job \(id) is read")
    case .drainOutput(let id), .dropOutput(let id): isSettled(touch(id))
    case .discardOutput(let id):
      let job = touch(id)
      require(!job.isForgotten, "forgotten is forgotten", "output of job \(id)")
      job.isDiscarded = true
    case .removeLeaf(let id):
      let job = touch(id)
      require(
        job.isSettled && job.leaf != .removed && (!job.isForgotten || job.leaf == .busy),
        "order", "the leaf of job \(id) is removed")
    case .forget(let id, let remains): isForgotten(touch(id), leafRemains: remains)
    case .replyToRun(let client, let reply): hears(self.client(client), reply)
    case .replyToCancel(let client, let reply): hears(self.client(client), reply)
    case .replyToList(let client, let reply, let continues):
      hears(client, reply, continues: continues)
    case .drop(let client): isDropped(self.client(client))
    case .exit: ends()
    }
  }

  // MARK: processes

  private func isSpawned(_ job: JobRecord) {
    while nextInQueue < jobs.count, !jobs[nextInQueue].isInQueue { nextInQueue += 1 }
    require(job.isInQueue, "queue", "job \(job.id) is started, which isn't queued")
    require(
      nextInQueue == job.id.rawValue - 1, "queue",
      "job \(job.id) is started before job \(nextInQueue + 1)")
    require(shutDownAt == nil, "the end", "job \(job.id) is started")
    job.isInQueue = false
    waiting -= 1
    slotsTaken += 1
  }

  private func isAsked(_ job: JobRecord, _ plan: StopPlan) {
    require(
      job.downSince != nil && job.isBorn && job.kills == 0 && !job.isSettled, "order",
      "job \(job.id) is asked")
    let own = job.request.stop
    let scope = job.exit == nil ? own.scope : .tree
    let signal =
      switch job.signal {
      case .signal(let number): Int32?.some(number)
      case .noSignal: Int32?.none
      case nil: own.signal
      }
    require(
      plan.signal == signal && plan.scope == scope
        && plan.closesInput == own.closesInput, "asking", "job \(job.id): \(plan.summary)")
    if !isStartedDue(job) { job.due = nil }
  }

  private func isKilled(_ job: JobRecord) {
    if job.isSettled {
      require(job.leaf == .busy, "forgotten is forgotten", "job \(job.id) is killed")
    } else {
      require(
        job.downSince != nil && now >= job.killAt, "grace",
        "job \(job.id) is killed before its grace period is over")
      if job.kills == 0 {
        job.bornOrKilledAt = now
        world.happens(.audit(job.id), after: limits.stuckAfter + Self.promptness)
      }
      job.kills += 1
    }
    if !isStartedDue(job) { job.due = nil }
  }

  private func isStartedDue(_ job: JobRecord) -> Bool {
    job.isBorn && !job.isStartedTold && client(job.client).line != .closed
  }

  // MARK: the end of a job

  /// Its output is drained: the engine believes that no process is left.
  private func isSettled(_ job: JobRecord) {
    require(!job.isSettled, "order", "job \(job.id) is settled twice")
    job.isSettled = true
    job.due = nil
    if !job.wasNeverStarted { slotsTaken -= 1 }
    if shutDownAt != nil || !job.cancelers.isEmpty { mustFlush(job) }
    let isKnownToBeOver =
      job.isEmpty || job.failure != nil || job.wasNeverStarted || job.wasKilledUnborn
    if isKnownToBeOver {
      let isPopulated = !job.wasNeverStarted && world.tree(job.id).isPopulated(at: now)
      require(!isPopulated, "nothing outlives its end", "job \(job.id) has processes")
      return
    }
    require(
      job.survivors != nil && now - job.bornOrKilledAt >= limits.stuckAfter, "stuck",
      "job \(job.id) is given up")
    // An end of the main process that nobody tells isn't waited for without end.
    let isUntold = job.exit == nil && job.searches > 1
    require(
      job.isSaidToLive || isUntold, "stuck",
      "job \(job.id) is given up, and nothing has said that it has processes")
    job.isStuck = true
    job.leaf = .busy
    let tree = world.tree(job.id)
    let isExcused =
      tree.birth != .over || tree.program.threadLatency >= .seconds(1)
      || now - world.ableSince < Self.promptness
    require(
      isExcused || tree.processes.allSatisfy { $0.isKilled || !$0.lives(at: now) }, "stuck",
      "job \(job.id) is given up with a process that no kill has reached")
  }

  private func isForgotten(_ job: JobRecord, leafRemains: Bool) {
    require(!job.isForgotten && job.isAnswered, "order", "job \(job.id) is forgotten")
    require(
      leafRemains == (job.leaf == .busy), "leaves", "that of job \(job.id) remains: \(leafRemains)")
    require(job.cancelers.isEmpty, "one final reply", "to cancelers of job \(job.id)")
    let owner = client(job.client)
    require(
      owner.line == .closed || owner.call != .run(job.id), "one final reply",
      "to the client of job \(job.id)")
    job.isForgotten = true
    unfinished -= 1
    if unfinished == 0 { allOverAt = now }
    finished.append(job.id)
    if leafRemains {
      leftovers += 1
      if job.isStuck { stuck += 1 }
    }
    for id in observers where maySee(id, job.uid) {
      if !client(id).toldFinished.contains(job.id) { client(id).behind.insert(job.id) }
    }
  }

  // MARK: the service

  private func isDropped(_ client: ClientRecord) {
    require(
      client.observes && client.behind.count + 1 > limits.observerBacklogMax, "slow readers",
      "client \(client.id.rawValue) is dropped, \(client.behind.count) behind")
    client.isDropped = true
    observers.removeAll { $0 == client.id }
  }
}
