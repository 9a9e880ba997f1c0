import JobProtocol

@testable import JobEngine

// What is told of a job to those who wait for it.

extension Referee {
  func hears(_ client: ClientRecord, _ reply: RunReply) {
    guard case .run(let id) = client.call, client.line != .closed else {
      return fail("replies", "client \(client.id.rawValue) runs nothing and hears of it")
    }
    let job = jobs[id.rawValue - 1]
    switch reply {
    case .queued(let told):
      require(told.id == id.rawValue && !job.isQueuedTold, "order", "job \(id) is told as queued")
      job.isQueuedTold = true
      job.due = job.wasNeverStarted ? "its line had ended, and it was to be settled" : nil
    case .started(let told):
      require(
        told.id == id.rawValue && job.isQueuedTold && job.isBorn && !job.isStartedTold, "order",
        "job \(id) is told as started")
      require(told.runtime.mainPid == pid(of: id), "results", "job \(id): main process")
      job.isStartedTold = true
      job.due = job.downSince == nil ? nil : "it is born on its way down and was to be stopped"
    case .stopping(let told):
      require(
        told.id == id.rawValue && job.downSince != nil && !job.isStoppingTold, "order",
        "job \(id) is told as stopping")
      job.isStoppingTold = true
    case .finished(let told):
      require(told.id == id.rawValue, "order", "job \(told.id) is told to client \(client.id)")
      require(job.isStartedTold == job.isBorn, "order", "job \(id) finished, start told wrongly")
      isTold(job, told)
      client.call = .none
    case .output:
      fail("replies", "output comes from the engine")
    }
  }

  func hears(_ client: ClientRecord, _ reply: CancelReply) {
    guard case .cancel(let id) = client.call, client.line != .closed else {
      return fail("replies", "client \(client.id.rawValue) canceled nothing and hears of it")
    }
    let job = jobs[id.rawValue - 1]
    require(reply.job.id == id.rawValue, "replies", "job \(reply.job.id) is told for \(id)")
    isTold(job, reply.job)
    client.call = .none
    job.cancelers.removeAll { $0 == client.id }
    if job.isForgotten { job.due = nil }
  }

  /// A job's end is told: it must be true.
  private func isTold(_ job: JobRecord, _ told: Job) {
    isDescribed(job, told.context)
    require(job.isAnswered, "told when true", "job \(job.id) is told as finished")
    guard let result = told.runtime.result, told.runtime.state == .finished else {
      return fail("results", "job \(job.id) finished without a result")
    }
    let right = cause(of: job)
    require(result.cause == right, "causes", "job \(job.id): \(result.cause) for \(right)")
    require(told.runtime.cause == result.cause, "causes", "job \(job.id): two causes")
    require(result.killed == (job.kills > 0 && job.isBorn), "results", "job \(job.id): killed")
    require(result.startFailure == job.failure, "results", "job \(job.id): start failure")
    require(
      job.isStuck == (result.survivors != nil), "results", "job \(job.id): survivors")
    if right == .requested || (right == .stuck && job.reason == .requested) {
      require(result.requestedBy == job.requester, "results", "job \(job.id): requester")
    }
    var status: Int?
    var signal: String?
    switch job.exit?.status {
    case .exited(let code): status = code
    case .signaled(_, let name, _): signal = name
    case nil: break
    }
    require(
      result.exitStatus == status && result.exitSignal == signal, "results",
      "job \(job.id): exit \(result.exitStatus ?? -1), \(result.exitSignal ?? "no signal")")
    require(
      result.usage?.mainUserUSec == job.exit?.userUSec, "results", "job \(job.id): usage")
  }

  private func cause(of job: JobRecord) -> Cause {
    if job.isStuck { return .stuck }
    if job.failure != nil { return .failedToStart }
    if let reason = job.reason { return reason }
    switch job.exit?.status {
    case .signaled(9, _, _) where job.usage?.oomKills ?? 0 > 0: return .oom
    case .signaled: return .signaled
    case .exited, nil: return .exited
    }
  }
}
