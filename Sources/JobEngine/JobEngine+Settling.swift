public import JobProtocol

// A job without processes: what it used, what it wrote, what it left; then it is told.

extension JobEngine {
  /// The job has no process (or none that can be ended).
  mutating func settle(_ id: JobID, _ outcome: Settlement.Outcome, at now: Timestamp) {
    guard var job = live[id] else { return }
    if job.phase == .queued { queue.remove(id) }
    if job.holdsSlot { running -= 1 }

    let wasBorn = job.main != .unborn
    var settlement = Settlement(outcome, isUsageRead: !wasBorn)
    if wasBorn { emit(.readUsage(id)) }
    emit(.drainOutput(id))
    switch outcome {
    case .neverStarted: settlement.leaf = .removed
    case .stuck: settlement.leaf = .busy
    case .failedToStart, .ended, .stopped: emit(.removeLeaf(id))
    }
    job.phase = .settling(settlement)
    live[id] = job
    if isShuttingDown { flushInTime(id, at: now) }
    startQueued()
  }

  public mutating func usageRead(_ id: JobID, _ usage: Usage, at now: Timestamp) {
    settled(id, at: now) {
      $0.usage = usage
      $0.isUsageRead = true
    }
  }

  /// All captured output was passed on, or given up.
  public mutating func outputDrained(_ id: JobID, at now: Timestamp) {
    settled(id, at: now) { $0.isOutputDrained = true }
  }

  public mutating func leafRemoved(_ id: JobID, at now: Timestamp) {
    leftovers[id] = nil
    settled(id, at: now) { $0.leaf = .removed }
  }

  /// The kernel wouldn't remove the leaf yet. The job's end is told all the same.
  public mutating func leafBusy(_ id: JobID, at now: Timestamp) {
    if leftovers[id] == nil { settled(id, at: now) { $0.leaf = .busy } }
  }

  private mutating func settled(
    _ id: JobID, at now: Timestamp, _ change: (inout Settlement) -> Void
  ) {
    guard case .settling(var settlement) = live[id]?.phase else { return }
    change(&settlement)
    live[id]?.phase = .settling(settlement)
    if settlement.isComplete { finish(id, settlement, at: now) }
  }

  /// Says once, and last, how the job ended.
  private mutating func finish(_ id: JobID, _ settlement: Settlement, at now: Timestamp) {
    guard let job = live.removeValue(forKey: id) else { return }
    let finished = describe(job, finished: result(of: job, settlement), at: now)

    for client in job.audience {
      jobOfClient[client] = nil
      emit(.replyToRun(client, .finished(finished)))
    }
    for client in job.cancelers {
      jobOfClient[client] = nil
      emit(.replyToCancel(client, CancelReply(job: finished)))
    }
    tellObservers(finished)
    history.append(finished)
    if settlement.leaf == .busy { leave(id, isStuck: settlement.isStuck, at: now) }
    emit(.forget(id, leafRemains: settlement.leaf == .busy))
    exitIfDone()
  }

  // MARK: what is left behind

  private mutating func leave(_ id: JobID, isStuck: Bool, at now: Timestamp) {
    let retry = Recheck(after: limits.removalRetryFirst, at: now.monotonic)
    leftovers[id] = Leftover(isStuck: isStuck, retry: retry)
    updateDeadline(id)
  }

  /// Tries again to remove what a finished job left, and whoever may have got into it.
  mutating func retryRemoval(_ id: JobID, at now: Timestamp) {
    leftovers[id]?.retry.again(at: now.monotonic, max: limits.removalRetryMax)
    emit(.kill(id))
    emit(.removeLeaf(id))
    updateDeadline(id)
  }

  // MARK: the end of the service

  /// While the service stops, clients have only so long to read how their jobs ended.
  mutating func flushInTime(_ id: JobID, at now: Timestamp) {
    guard case .settling(var settlement) = live[id]?.phase, settlement.flushDeadline == nil
    else { return }
    settlement.flushDeadline = now.monotonic + limits.shutdownFlushPeriod
    live[id]?.phase = .settling(settlement)
    updateDeadline(id)
  }

  mutating func exitIfDone() {
    guard isShuttingDown, live.isEmpty, !hasExited else { return }
    hasExited = true
    emit(.exit)
  }
}
