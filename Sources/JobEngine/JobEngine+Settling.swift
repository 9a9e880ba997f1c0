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
    switch outcome {
    case .neverStarted:
      emit(.drainOutput(id))
      settlement.leaf = .removed
    case .stuck:
      emit(.dropOutput(id))
      settlement.leaf = .busy(retry: firstRetry(at: now))
    case .failedToStart, .ended, .stopped:
      emit(.drainOutput(id))
      emit(.removeLeaf(id))
    }
    job.phase = .settling(settlement)
    live[id] = job
    updateDeadline(id)
    if isShuttingDown || !job.cancelers.isEmpty { flushInTime(id, at: now) }
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
    settled(id, at: now) { $0.leaf = .removed }
    if leftovers.removeValue(forKey: id) != nil { exitIfDone(at: now) }
  }

  /// The kernel wouldn't remove the leaf yet. The job's end is told all the same.
  public mutating func leafBusy(_ id: JobID, at now: Timestamp) {
    let retry = firstRetry(at: now)
    settled(id, at: now) { if $0.leaf == .present { $0.leaf = .busy(retry: retry) } }
  }

  private mutating func settled(
    _ id: JobID, at now: Timestamp, _ change: (inout Settlement) -> Void
  ) {
    guard case .settling(var settlement) = live[id]?.phase else { return }
    change(&settlement)
    live[id]?.phase = .settling(settlement)
    settlement.isComplete ? finish(id, settlement, at: now) : updateDeadline(id)
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
    if case .busy(let retry) = settlement.leaf {
      leftovers[id] = Leftover(isStuck: settlement.isStuck, retry: retry)
      updateDeadline(id)
    }
    emit(.forget(id, leafRemains: leftovers[id] != nil))
    exitIfDone(at: now)
  }

  /// A moment that a job waited for which is being settled has come.
  mutating func settleDeadlinePassed(_ id: JobID, _ settlement: Settlement, at now: Timestamp) {
    var settlement = settlement
    if let deadline = settlement.flushDeadline, deadline <= now.monotonic {
      settlement.flushDeadline = nil
      emit(.discardOutput(id))
    }
    if case .busy(var retry) = settlement.leaf, retry.at <= now.monotonic {
      retryRemoval(id, &retry, at: now)
      settlement.leaf = .busy(retry: retry)
    }
    live[id]?.phase = .settling(settlement)
    updateDeadline(id)
  }

  // MARK: what is left behind

  private func firstRetry(at now: Timestamp) -> Recheck {
    Recheck(after: limits.removalRetryFirst, at: now.monotonic)
  }

  mutating func leftoverDeadlinePassed(_ id: JobID, _ leftover: Leftover, at now: Timestamp) {
    var leftover = leftover
    retryRemoval(id, &leftover.retry, at: now)
    leftovers[id] = leftover
    updateDeadline(id)
  }

  /// Tries again to remove the leaf, and whoever may have got into it.
  private mutating func retryRemoval(_ id: JobID, _ retry: inout Recheck, at now: Timestamp) {
    retry.again(at: now.monotonic, max: limits.removalRetryMax)
    emit(.kill(id))
    emit(.removeLeaf(id))
  }

  // MARK: the end of the service

  /// While somebody waits for the end, clients have only so long to read how their jobs ended.
  mutating func flushInTime(_ id: JobID, at now: Timestamp) {
    guard case .settling(var settlement) = live[id]?.phase, settlement.flushDeadline == nil
    else { return }
    settlement.flushDeadline = now.monotonic + limits.flushPeriod
    live[id]?.phase = .settling(settlement)
    updateDeadline(id)
  }

  /// Ends the service when nothing is left of its jobs, or what is left has had its time.
  mutating func exitIfDone(at now: Timestamp) {
    switch service {
    case .ending where live.isEmpty && !leftovers.isEmpty:
      service = .removing(until: now.monotonic + limits.shutdownRemovalPeriod)
      // The next try may have been a minute away.
      let retry = firstRetry(at: now)
      for id in leftovers.keys.sorted() {
        leftovers[id]?.retry = retry
        updateDeadline(id)
      }
    case .ending where live.isEmpty, .removing where leftovers.isEmpty:
      exit()
    case .removing(let until) where until <= now.monotonic:
      exit()
    case .serving, .ending, .removing, .over:
      break
    }
  }

  private mutating func exit() {
    service = .over
    emit(.exit)
  }
}
