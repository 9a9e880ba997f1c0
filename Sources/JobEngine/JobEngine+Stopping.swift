public import JobProtocol

// The cancel sequence: ask, wait, kill, look.

extension JobEngine {
  /// Begins to stop a job, or hurries a job that is being stopped.
  mutating func stop(
    _ id: JobID, _ reason: StopReason, signal: SignalOverride? = nil, gracePeriod: Int? = nil,
    at now: Timestamp
  ) {
    guard var job = live[id] else { return }
    switch job.phase {
    case .queued:
      settle(id, .neverStarted(reason), at: now)
    case .starting, .running, .lingering:
      var plan = job.plan
      if let signal { plan.signal = signal.signal }
      plan.gracePeriod = gracePeriod ?? plan.gracePeriod
      // What ended by itself was not stopped, however soon somebody asked for it.
      let isOver = job.main.exit != nil && job.waitsFor == .main
      let sequence = StopSequence(
        isOver ? .mainExited : reason, plan: plan, born: job.main != .unborn,
        watched: job.isLingering, at: now.monotonic)
      job.phase = .stopping(sequence)
      live[id] = job
      announce(job) { .stopping($0) }
      sequence.deadline <= now.monotonic ? kill(id, at: now) : askIfBorn(id)
      // No exit of a main process will tell any more that the rest has gone.
      if job.main.exit != nil { emit(.inspect(id)) }
    case .stopping(var sequence):
      sequence.hurried(signal: signal, gracePeriod: gracePeriod, at: now.monotonic)
      live[id]?.phase = .stopping(sequence)
      guard !sequence.isKilling else { return }
      if sequence.deadline <= now.monotonic {
        kill(id, at: now)
      } else if case .signal = signal {
        askIfBorn(id)
      }
    case .settling:
      break
    }
    updateDeadline(id)
  }

  mutating func askIfBorn(_ id: JobID) {
    guard let job = live[id], case .stopping(let sequence) = job.phase, sequence.step == .asking
    else { return }
    var plan = sequence.plan
    // Without its main process, what is left of the job is its tree.
    if job.main.exit != nil { plan.scope = .tree }
    emit(.ask(id, plan))
  }

  mutating func kill(_ id: JobID, at now: Timestamp) {
    guard var job = live[id], case .stopping(var sequence) = job.phase else { return }
    sequence.killing(at: now.monotonic, limits: limits)
    job.killed = true
    job.phase = .stopping(sequence)
    live[id] = job
    emit(.kill(id))
    updateDeadline(id)
  }

  /// Every process of the job was sent SIGKILL, or it was tried.
  public mutating func killed(_ id: JobID, at now: Timestamp) {
    guard let job = live[id], case .stopping(var sequence) = job.phase, sequence.isKilling else {
      return
    }
    // The exit of its main process tells when it is time to look.
    let mainIsGone = job.main.exit != nil
    let delay = mainIsGone ? limits.recheckFirst : limits.recheckMax
    sequence.recheck(after: delay, at: now.monotonic)
    live[id]?.phase = .stopping(sequence)
    if mainIsGone { emit(.inspect(id)) }
    updateDeadline(id)
  }

  /// The job's tree was looked at.
  public mutating func inspected(_ id: JobID, populated: Bool, at now: Timestamp) {
    if case .stopping(let sequence) = live[id]?.phase, populated && sequence.foundNobody {
      return settle(id, .stuck([], sequence.reason), at: now)
    }
    believed(id, populated: populated, at: now)
  }

  private mutating func believed(_ id: JobID, populated: Bool, at now: Timestamp) {
    guard let job = live[id] else { return }
    let mainIsGone = job.main.exit != nil
    switch job.phase {
    case .running, .lingering:
      guard mainIsGone else { return }
      if !populated { return settle(id, .ended, at: now) }
      if job.waitsFor == .main { return stop(id, .mainExited, at: now) }
      linger(id)
    case .stopping(var sequence):
      if !populated, mainIsGone {
        let outcome: Settlement.Outcome =
          sequence.reason == .mainExited ? .ended : .stopped(sequence.reason)
        return settle(id, outcome, at: now)
      }
      guard mainIsGone else { return }
      if sequence.foundPopulated(at: now.monotonic, limits: limits) { watch(id) }
      live[id]?.phase = .stopping(sequence)
      updateDeadline(id)
    case .queued, .starting, .settling:
      break
    }
  }

  /// The job is as long as its tree: waits for the kernel's word.
  private mutating func linger(_ id: JobID) {
    guard let job = live[id], !job.isLingering else { return }
    live[id]?.phase = .lingering(watchAt: nil)
    watch(id)
  }

  /// The job's tree couldn't be looked at, or not be watched: descriptors are short. It is believed to be
  /// populated until it can.
  public mutating func lookFailed(_ id: JobID, at now: Timestamp) {
    if live[id]?.isLingering == true {
      live[id]?.phase = .lingering(watchAt: now.monotonic + limits.watchRetry)
    } else {
      believed(id, populated: true, at: now)
      // One that begins to linger is looked at again by that.
      guard case .stopping(var sequence) = live[id]?.phase else { return }
      sequence.lookFailed(at: now.monotonic, limits: limits)
      live[id]?.phase = .stopping(sequence)
    }
    updateDeadline(id)
  }

  /// It may have become possible to watch the tree.
  mutating func watchDeadlinePassed(_ id: JobID) {
    live[id]?.phase = .lingering(watchAt: nil)
    watch(id)
  }

  private mutating func watch(_ id: JobID) {
    emit(.watch(id))
    // What changed before the watch began isn't notified.
    emit(.inspect(id))
  }

  /// The kernel notifies that the job's tree may be empty.
  public mutating func treeChanged(_ id: JobID, at now: Timestamp) {
    if live[id] != nil { emit(.inspect(id)) }
  }

  /// What survived SIGKILL for as long as is allowed.
  ///
  /// Where that is nobody, all may have gone by now: so it is told as stuck only once another look says that
  /// somebody is there, who can't be found. While looks fail, it is looked and searched again. An empty tree isn't the
  /// end as long as that of the main process isn't told, which may be on its way: until the next search.
  public mutating func survivorsFound(_ id: JobID, _ survivors: [Survivor], at now: Timestamp) {
    guard let job = live[id], case .stopping(var sequence) = job.phase,
      sequence.isStuck(at: now.monotonic, limits: limits)
    else { return }
    let mayBeOver = job.main.exit != nil || !sequence.foundNobody
    guard survivors.isEmpty && mayBeOver else {
      return settle(id, .stuck(survivors, sequence.reason), at: now)
    }
    sequence.searchedInVain()
    live[id]?.phase = .stopping(sequence)
    emit(.inspect(id))
  }

  /// A moment that the job's sequence waited for has come.
  mutating func stopDeadlinePassed(_ id: JobID, _ sequence: StopSequence, at now: Timestamp) {
    if !sequence.isKilling, now.monotonic >= sequence.deadline { return kill(id, at: now) }

    // Its end may be among what a daemon that was held up hasn't heard yet: that comes before another look.
    let isStuck = sequence.wasStuck(limits)
    var sequence = sequence
    sequence.looked(at: now.monotonic, limits: limits)
    live[id]?.phase = .stopping(sequence)
    // One SIGKILL isn't always enough: a fork may be under way, an open leaf entered by somebody.
    if sequence.isKilling, sequence.isSlow(limits) { emit(.kill(id)) }
    emit(.inspect(id))
    if isStuck { emit(.findSurvivors(id)) }
    updateDeadline(id)
  }
}
