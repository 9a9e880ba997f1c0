public import JobProtocol

// What becomes of a job's processes.

extension JobEngine {
  /// Starts jobs of the queue while there are slots.
  mutating func startQueued() {
    guard !isShuttingDown else { return }
    while running < limits.runningMax, let id = queue.popFirst() {
      live[id]?.phase = .starting
      running += 1
      emit(.spawn(id))
    }
  }

  /// The job's command may still be executed: it wasn't, and the job isn't to be killed.
  public func isToStart(_ id: JobID) -> Bool {
    guard let job = live[id], job.main == .unborn else { return false }
    switch job.phase {
    case .starting: return true
    case .stopping(let sequence): return !sequence.isKilling
    case .queued, .running, .lingering, .settling: return false
    }
  }

  /// The job's command was executed. Of a job that was given up in the meantime, because that took
  /// so long, the process is killed.
  ///
  /// - Parameter controlGroup: The leaf's path, for those who ask.
  public mutating func spawned(_ id: JobID, pid: Int, controlGroup: String?, at now: Timestamp) {
    guard var job = live[id] else {
      if leftovers[id] != nil { emit(.kill(id)) }
      return
    }
    guard job.main == .unborn else { return }
    job.main = .running(pid: pid)
    job.startedAt = now
    job.controlGroup = controlGroup
    switch job.phase {
    case .starting:
      job.phase = .running
      live[id] = job
      announce(job) { .started($0) }
    case .stopping(var sequence):
      sequence.born(at: now.monotonic)
      job.phase = .stopping(sequence)
      live[id] = job
      announce(job) { .started($0) }
      // A kill that was sent before may have found an empty leaf.
      sequence.isKilling ? emit(.kill(id)) : askIfBorn(id)
    case .settling(let settlement):
      // It was given up unborn, and is told as stuck: it must not live.
      if settlement.leaf != .removed { emit(.kill(id)) }
    case .queued, .running, .lingering:
      preconditionFailure("job \(id) was born in \(job.phase)")
    }
  }

  /// The job's command could not be executed; there is no process.
  public mutating func spawnFailed(_ id: JobID, _ failure: StartFailure, at now: Timestamp) {
    guard let job = live[id], job.main == .unborn, job.holdsSlot else { return }
    settle(id, .failedToStart(failure.abridged(to: limits.describedBytes)), at: now)
  }

  /// The job's first process was killed before it had executed the command: by us, and then that is how a job ends that
  /// was stopped, or by somebody else, and then it is a failure.
  public mutating func spawnKilled(_ id: JobID, _ failure: StartFailure, at now: Timestamp) {
    guard let job = live[id], job.main == .unborn else { return }
    if case .stopping(let sequence) = job.phase, sequence.isKilling {
      settle(id, .stopped(sequence.reason), at: now)
    } else {
      spawnFailed(id, failure, at: now)
    }
  }

  /// The main process ended, and was reaped.
  public mutating func mainExited(_ id: JobID, _ exit: MainExit, at now: Timestamp) {
    guard let job = live[id], case .running(let pid) = job.main else { return }
    live[id]?.main = .exited(exit, pid: pid)
    if case .stopping(let sequence) = job.phase, sequence.plan.scope == .main { askIfBorn(id) }
    emit(.inspect(id))
  }
}
