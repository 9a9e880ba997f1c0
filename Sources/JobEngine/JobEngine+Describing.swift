public import JobProtocol

// What is said of a job.

extension JobEngine {
  /// Tells those whose `Run` it is, and the observers.
  mutating func announce(_ job: LiveJob, _ reply: (Job) -> RunReply) {
    guard !job.audience.isEmpty || !observers.isEmpty else { return }
    let description = describe(job)
    for client in job.audience { emit(.replyToRun(client, reply(description))) }
    tellObservers(description)
  }

  /// How the end of a job that is being stopped would be told if it were over now; `nil` where it isn't being stopped,
  /// and where nobody is there to be told.
  public func foreseenEnd(of id: JobID, _ usage: Usage, at now: Timestamp) -> Job? {
    guard let job = live[id], case .stopping(let sequence) = job.phase,
      !job.audience.isEmpty || !observers.isEmpty
    else { return nil }
    var settlement = Settlement(.stopped(sequence.reason), isUsageRead: true)
    settlement.usage = usage
    return describe(job, finished: result(of: job, settlement), at: now)
  }

  func describe(_ job: LiveJob) -> Job {
    var runtime = JobRuntime(
      state: job.state, uid: job.owner.uid, clientPid: job.owner.pid,
      queuedTimestamp: job.queuedAt)
    runtime.controlGroup = job.controlGroup
    runtime.mainPid = job.main.pid
    runtime.startedTimestamp = job.startedAt
    switch job.phase {
    case .stopping(let sequence): runtime.cause = cause(of: job, sequence.reason)
    case .settling(let settlement): runtime.cause = result(of: job, settlement).cause
    case .queued, .starting, .running, .lingering: break
    }
    return Job(id: job.id.rawValue, context: job.context, runtime: runtime)
  }

  func describe(_ job: LiveJob, finished result: JobResult, at now: Timestamp) -> Job {
    var description = describe(job)
    description.runtime.state = .finished
    description.runtime.cause = result.cause
    description.runtime.finishedTimestamp = now
    description.runtime.result = result
    return description
  }

  func result(of job: LiveJob, _ settlement: Settlement) -> JobResult {
    var result: JobResult
    switch settlement.outcome {
    case .failedToStart(let failure):
      result = JobResult(cause: .failedToStart)
      result.startFailure = failure
    case .ended:
      result = JobResult(cause: endCause(of: job, oomKills: settlement.usage?.oomKills ?? 0))
    case .neverStarted(let reason), .stopped(let reason):
      result = JobResult(cause: cause(of: job, reason))
      if case .requested(let requester) = reason { result.requestedBy = requester }
    case .stuck(let survivors, let reason):
      result = JobResult(cause: .stuck)
      result.survivors = survivors
      if case .requested(let requester) = reason { result.requestedBy = requester }
    }
    result.containment = containment
    result.killed = job.killed && job.main != .unborn
    result.usage = settlement.usage
    if let exit = job.main.exit {
      result.usage = result.usage ?? Usage()
      result.usage?.mainUserUSec = exit.userUSec
      result.usage?.mainSystemUSec = exit.systemUSec
      result.usage?.mainPeakResidentBytes = exit.peakResidentBytes
    }
    switch job.main.exit?.status {
    case .exited(let status):
      result.exitStatus = status
    case .signaled(_, let name, let coreDumped):
      result.exitSignal = name
      result.coreDumped = coreDumped
    case nil:
      break
    }
    return result
  }

  private func cause(of job: LiveJob, _ reason: StopReason) -> Cause {
    switch reason {
    case .mainExited: endCause(of: job, oomKills: 0)
    case .disconnected: .disconnected
    case .requested: .requested
    case .shutdown: .shutdown
    }
  }

  /// Why a main process ended that nobody had asked to.
  private func endCause(of job: LiveJob, oomKills: Int) -> Cause {
    switch job.main.exit?.status {
    case .signaled(9, _, _) where oomKills > 0: .oom
    case .signaled: .signaled
    case .exited, nil: .exited
    }
  }
}

extension LiveJob {
  var state: JobState {
    switch phase {
    case .queued: .queued
    case .starting: .starting
    case .running, .lingering: .running
    case .stopping, .settling: .stopping
    }
  }
}
