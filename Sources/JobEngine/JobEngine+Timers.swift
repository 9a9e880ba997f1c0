public import JobProtocol

// One timer for all: the soonest deadline.

extension JobEngine {
  /// When ``deadlinePassed(at:)`` has to be called, in monotonic microseconds; `nil`: not at all.
  public mutating func nextDeadline() -> Int? {
    while let soonest = deadlines.soonest, !isCurrent(soonest) { deadlines.removeSoonest() }
    switch service {
    case .serving, .ending: return deadlines.soonest?.at
    case .removing(let until): return min(until, deadlines.soonest?.at ?? until)
    case .over: return nil
    }
  }

  /// The moment has come, or has passed.
  public mutating func deadlinePassed(at now: Timestamp) {
    while let soonest = deadlines.soonest, soonest.at <= now.monotonic {
      deadlines.removeSoonest()
      if isCurrent(soonest) { deadlinePassed(soonest.job, at: now) }
    }
    exitIfDone(at: now)
  }

  private mutating func deadlinePassed(_ id: JobID, at now: Timestamp) {
    switch live[id]?.phase {
    case .stopping(let sequence):
      stopDeadlinePassed(id, sequence, at: now)
    case .settling(let settlement):
      settleDeadlinePassed(id, settlement, at: now)
    case .lingering(watchAt: _?):
      watchDeadlinePassed(id)
    case .queued, .starting, .running, .lingering(nil):
      break
    case nil:
      if let leftover = leftovers[id] { leftoverDeadlinePassed(id, leftover, at: now) }
    }
  }

  /// To be called wherever a job's deadline may have changed.
  mutating func updateDeadline(_ id: JobID) {
    guard let at = deadline(of: id) else { return }
    deadlines.insert(Deadlines.Entry(at: at, job: id))
    deadlines.compact(jobs: live.count + leftovers.count, isCurrent: isCurrent)
  }

  private func isCurrent(_ entry: Deadlines.Entry) -> Bool {
    deadline(of: entry.job) == entry.at
  }

  private func deadline(of id: JobID) -> Int? {
    switch live[id]?.phase {
    case .stopping(let sequence): sequence.nextDeadline
    case .settling(let settlement): settlement.nextDeadline
    case .lingering(let watchAt): watchAt
    case .queued, .starting, .running: nil
    case nil: leftovers[id]?.retry.at
    }
  }
}
