import JobProtocol

@testable import JobEngine

// What clients may ask for, and what they are to hear.

extension Referee {
  func peer(_ client: ClientID) -> Peer {
    let users = [Scenario.user, Scenario.user, Scenario.user, Scenario.otherUser, 0]
    return Peer(uid: users[client.rawValue % users.count], pid: 1_000_000 + client.rawValue)
  }

  func isOpen(_ client: ClientID) -> Bool { self.client(client).line == .open }

  func isIdle(_ client: ClientID) -> Bool {
    self.client(client).line != .closed && self.client(client).call == .none
  }

  var openClients: [ClientID] {
    clients.values.filter { $0.line != .closed }.map(\.id).sorted { $0.rawValue < $1.rawValue }
  }

  /// The job that it runs.
  func runs(_ client: ClientID) -> JobID? {
    if case .run(let id) = self.client(client).call { id } else { nil }
  }

  /// The job that it ran last, or one that there never was.
  func job(of client: Int) -> JobID {
    clients[client]?.lastJob ?? JobID(rawValue: 1_000_000_000)
  }

  func maySee(_ client: ClientID, _ owner: Int) -> Bool {
    let uid = peer(client).uid
    return uid == owner || uid == 0 || uid == Scenario.serviceUID
  }

  // MARK: refusals

  var refusalOfRun: JobdError? {
    if shutDownAt != nil { return .shuttingDown }
    if leftovers >= limits.leftoversMax { return .tooManyJobs(limit: limits.leftoversMax) }
    if slotsTaken >= limits.runningMax, waiting >= limits.queuedMax {
      return .tooManyJobs(limit: limits.runningMax + limits.queuedMax)
    }
    return nil
  }

  /// Of a call that names a job.
  func refusal(of id: JobID, _ client: ClientID) -> JobdError? {
    let isKnown = id.rawValue <= jobs.count && (!jobs[id.rawValue - 1].isForgotten || isListed(id))
    guard isKnown, maySee(client, jobs[id.rawValue - 1].uid) else {
      return .noSuchJob(id: id.rawValue)
    }
    return nil
  }

  private func isListed(_ id: JobID) -> Bool {
    finished.suffix(limits.finishedKept).contains(id)
  }

  func expect(_ error: JobdError?, _ right: JobdError?, _ call: String) {
    require(
      error == right, "refusals",
      "\(call) is refused with \(error.map(\.description) ?? "nothing"), right would be "
        + (right.map(\.description) ?? "nothing"))
  }

  // MARK: calls

  func runs(_ id: JobID, _ program: Program, by client: ClientID) {
    require(id.rawValue == jobs.count + 1, "numbers", "job \(id) follows job \(jobs.count)")
    let job = JobRecord(id, client, uid: peer(client).uid, program.request)
    jobs.append(job)
    self.client(client).call = .run(id)
    self.client(client).lastJob = id
    waiting += 1
    unfinished += 1
    touched.append(job)
    if !isOpen(client) { stop(job, .disconnected, gracePeriod: nil) }
    job.due = "it was to be told as queued"
  }

  func cancels(
    _ id: JobID, signal: SignalOverride?, gracePeriod: Int?, by client: ClientID,
    _ refusal: JobdError?
  ) {
    guard refusal == nil else { return }
    let job = touch(id)
    self.client(client).call = .cancel(id)
    guard !job.isForgotten else {
      job.due = "its canceler was to be answered"
      return
    }
    job.cancelers.append(client)
    job.signal = signal ?? job.signal
    stop(job, .requested, by: peer(client), gracePeriod: gracePeriod)
  }
}
