public import JobProtocol

// What clients ask for.

extension JobEngine {
  /// A client calls `Run`: its connection is the job's lifeline from now on.
  ///
  /// - Parameter holdsLine: The client's line hasn't ended before the call was read. One that has
  ///   gets a job that is never started.
  /// - Returns: The new job's number; what becomes of it follows as actions.
  public mutating func runRequested(
    _ request: RunRequest, by client: ClientID, _ peer: Peer, holdsLine: Bool = true,
    at now: Timestamp
  ) throws(JobdError) -> JobID {
    precondition(jobOfClient[client] == nil, "a connection that is busy called Run")
    if isShuttingDown { throw .shuttingDown }
    guard leftovers.count < limits.leftoversMax else {
      throw .tooManyJobs(limit: limits.leftoversMax)
    }
    let hasSlot = running < limits.runningMax
    guard hasSlot || queue.count < limits.queuedMax else {
      throw .tooManyJobs(limit: limits.runningMax + limits.queuedMax)
    }
    let id = makeID()
    var request = request
    request.context = request.context.abridged(to: limits.describedBytes)
    let job = LiveJob(id: id, request: request, owner: peer, client: client, queuedAt: now)
    live[id] = job
    queue.append(id)
    jobOfClient[client] = id
    announce(job) { .queued($0) }
    if !holdsLine {
      live[id]?.lifelines = []
      stop(id, .disconnected, at: now)
    }
    if hasSlot { startQueued() }
    return id
  }

  /// A client calls `Cancel`.
  public mutating func cancelRequested(
    _ id: JobID, signal: SignalOverride?, gracePeriod: Int?, reason: String?, by client: ClientID,
    _ peer: Peer, at now: Timestamp
  ) throws(JobdError) {
    if let finished = history[id], mayAccess(peer, owner: finished.runtime.uid) {
      return emit(.replyToCancel(client, CancelReply(job: finished)))
    }
    guard let job = live[id], mayAccess(peer, owner: job.owner.uid) else {
      throw .noSuchJob(id: id.rawValue)
    }
    precondition(jobOfClient[client] == nil, "a connection that is busy called Cancel")
    live[id]?.cancelers.append(client)
    jobOfClient[client] = id
    flushInTime(id, at: now)
    let requester = Requester(uid: peer.uid, pid: peer.pid, reason: reason)
      .abridged(to: limits.describedBytes)
    stop(id, .requested(requester), signal: signal, gracePeriod: gracePeriod, at: now)
  }

  /// How a client's line ended.
  public enum LineEnding: Hashable, Sendable {
    /// It says no more, and still listens.
    case halfClosed
    /// There is nobody.
    case closed
  }

  /// A client's line ended.
  public mutating func lineEnded(_ client: ClientID, _ ending: LineEnding, at now: Timestamp) {
    if ending == .closed { observers.remove(client) }
    guard let id = jobOfClient[client], var job = live[id] else { return }

    let heldIt = job.lifelines.remove(client)
    if ending == .closed {
      job.cancelers.removeAll { $0 == client }
      let heard = job.audience.remove(client)
      jobOfClient[client] = nil
      if heard, job.audience.isEmpty { emit(.discardOutput(id)) }
    }
    live[id] = job
    if heldIt, job.lifelines.isEmpty { stop(id, .disconnected, at: now) }
  }

  /// The service has to stop: all jobs end, and no new one begins.
  ///
  /// - Parameter hurry: Somebody asked again: kill at once.
  public mutating func shutdownRequested(hurry: Bool = false, at now: Timestamp) {
    if service == .serving { service = .ending }
    for id in live.keys.sorted() {
      let period = hurry ? 0 : live[id]?.plan.gracePeriod ?? 0
      let bounded = min(period, limits.shutdownGracePeriodMax)
      stop(id, .shutdown, gracePeriod: bounded, at: now)
      flushInTime(id, at: now)
    }
    exitIfDone(at: now)
  }
}

extension [ClientID] {
  /// - Returns: It was there.
  fileprivate mutating func remove(_ client: ClientID) -> Bool {
    guard let index = firstIndex(of: client) else { return false }
    remove(at: index)
    return true
  }
}
