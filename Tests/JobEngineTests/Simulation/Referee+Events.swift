import JobProtocol

@testable import JobEngine

// What it means that something happens.

extension Referee {
  func happens(_ event: Event) {
    switch event {
    case .spawned(let id): isBorn(touch(id))
    case .spawnFailed(let id, let failure):
      let job = touch(id)
      if !job.isSettled { job.failure = failure }
    case .spawnKilled(let id):
      let job = touch(id)
      guard !job.isSettled else { break }
      if job.kills > 0 { job.wasKilledUnborn = true } else { job.failure = .killed }
    case .mainExited(let id, let exit):
      let job = touch(id)
      if job.isBorn, job.exit == nil, !job.isForgotten { job.exit = exit }
    case .inspected(let id, let populated):
      let job = touch(id)
      job.isSaidToLive = populated && job.searches > 0
      isInspected(job, populated: populated)
    case .lookFailed(let id):
      let job = touch(id)
      // It may be tried again.
      job.isWatched = false
      isInspected(job, populated: true)
    case .survivorsFound(let id, let survivors): areFound(survivors, touch(id))
    case .usageRead(let id, let usage): touch(id).usage = usage
    case .outputDrained(let id): touch(id).isDrained = true
    case .leafRemoved(let id): leafIsRemoved(touch(id))
    case .leafBusy(let id):
      let job = touch(id)
      if job.leaf == .unanswered { job.leaf = .busy }
    case .lineEnded(let client, let ending): lineEnds(self.client(client), ending)
    case .killed, .treeChanged, .observerReady, .deadlinePassed: break
    }
  }

  private func isBorn(_ job: JobRecord) {
    if job.isSettled {
      if job.leaf == .busy { job.due = "it was given up, is born, and was to be killed" }
      return
    }
    job.isBorn = true
    if job.kills > 0 { job.bornOrKilledAt = now }
    (job.searches, job.isSaidToLive) = (0, false)
    if job.downSince != nil { job.due = "it is born without a line and was to be stopped" }
    if client(job.client).line != .closed { job.due = "it was to be told as started" }
  }

  private func isInspected(_ job: JobRecord, populated: Bool) {
    guard job.exit != nil, !job.isSettled else { return }
    if !populated {
      job.isEmpty = true
    } else if job.request.waitsFor == .main, job.downSince == nil {
      goDown(job, gracePeriod: job.request.stop.gracePeriod)
    }
  }

  private func areFound(_ survivors: [Survivor], _ job: JobRecord) {
    job.survivors = survivors
    job.searches += 1
    // Who isn't found may be there: a look says it.
    if !survivors.isEmpty { job.isSaidToLive = true }
  }

  private func leafIsRemoved(_ job: JobRecord) {
    if job.isForgotten, job.leaf == .busy {
      leftovers -= 1
      if job.isStuck { stuck -= 1 }
    }
    if job.isSettled { job.leaf = .removed }
  }

  private func lineEnds(_ client: ClientRecord, _ ending: JobEngine.LineEnding) {
    let wasOpen = client.line == .open
    client.line = ending == .closed ? .closed : client.line == .open ? .halfClosed : client.line
    if ending == .closed {
      observers.removeAll { $0 == client.id }
      if case .cancel(let id) = client.call {
        jobs[id.rawValue - 1].cancelers.removeAll { $0 == client.id }
      }
    }
    guard wasOpen, case .run(let id) = client.call else { return }
    stop(touch(id), .disconnected, gracePeriod: nil)
  }

  func shutsDown(hurry: Bool) {
    shutDownAt = shutDownAt ?? now
    for job in jobs where !job.isForgotten {
      touched.append(job)
      let period = min(job.request.stop.gracePeriod, limits.shutdownGracePeriodMax)
      stop(job, .shutdown, gracePeriod: hurry ? 0 : period)
    }
  }

  // MARK: the way down

  func stop(_ job: JobRecord, _ reason: Cause, by peer: Peer? = nil, gracePeriod: Int?) {
    guard !job.isSettled else {
      if reason != .disconnected { mustFlush(job) }
      return
    }
    if !job.isOver, job.reason == nil {
      job.reason = reason
      job.requester = peer.map { Requester(uid: $0.uid, pid: $0.pid) }
    }
    if job.downSince == nil {
      goDown(job, gracePeriod: gracePeriod ?? job.request.stop.gracePeriod)
    } else if let gracePeriod {
      job.killAt = min(job.killAt, now + gracePeriod)
      world.happens(.audit(job.id), after: gracePeriod + Simulation.timerLatenessMax + 1)
    }
  }

  func mustFlush(_ job: JobRecord) {
    guard job.flushedBy == .max else { return }
    let period = limits.flushPeriod + Self.promptness
    job.flushedBy = now + period
    world.happens(.audit(job.id), after: period)
  }

  private func goDown(_ job: JobRecord, gracePeriod: Int) {
    job.downSince = now
    if job.isInQueue {
      job.isInQueue = false
      job.wasNeverStarted = true
      waiting -= 1
      job.due = "it left the queue and was to be settled"
      return
    }
    job.killAt = now + gracePeriod
    world.happens(.audit(job.id), after: gracePeriod + Simulation.timerLatenessMax + 1)
    if job.isBorn { job.due = "it was to be asked or killed" }
  }
}
