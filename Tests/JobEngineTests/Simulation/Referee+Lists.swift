import JobProtocol

@testable import JobEngine

// What those hear who list jobs, once or as they change.

extension Referee {
  func lists(_ id: JobID?, goesOn: Bool, by client: ClientID, _ refusal: JobdError?) {
    guard refusal == nil else { return }
    let record = self.client(client)
    record.call = .list(id, goesOn: goesOn)
    record.finishedBefore = finished.count
    record.toldFinished = []
    record.behind = []
    let there =
      jobs.lazy.filter { !$0.isForgotten }.map(\.id) + finished.suffix(limits.finishedKept)
    record.unlisted = Set(
      there.filter { (id ?? $0) == $0 && maySee(client, jobs[$0.rawValue - 1].uid) })
    if goesOn { observers.append(client) }
  }

  /// There is more to tell than one reply may have, and the client asked for one.
  func isTooLong(_ client: ClientID) {
    let record = self.client(client)
    let most = (record.unlisted?.count ?? 0) * (Self.jobBytesMax + limits.describedBytes)
    require(
      record.call == .list(nil, goesOn: false) && most > limits.listReplyBytes, "refusals",
      "client \(client.rawValue) is refused a list of \(record.unlisted?.count ?? 0) jobs")
    record.call = .none
  }

  func hears(_ client: ClientID, _ reply: ListReply, continues: Bool) {
    let record = self.client(client)
    listReplies += 1
    guard case .list(let id, let goesOn) = record.call, record.line != .closed else {
      return fail("replies", "a list is told to client \(client.rawValue), which asked for none")
    }
    for told in reply.jobs {
      let job = jobs[told.id - 1]
      require(
        maySee(client, job.uid), "access", "client \(client.rawValue) hears of job \(told.id)")
      require(id == nil || id == job.id, "replies", "an unasked job \(told.id) is told")
      isDescribed(job, told.context)
      if told.runtime.state == .finished {
        record.toldFinished.insert(job.id)
        record.behind.remove(job.id)
      }
      record.unlisted?.remove(job.id)
    }
    isBounded(reply, goesOn ? limits.listPieceBytes : limits.listReplyBytes)
    isComplete(record, reply)
    let isOver = id.map { record.toldFinished.contains($0) } ?? false
    require(
      continues == (goesOn && !isOver), "one final reply",
      "client \(client.rawValue) hears \(continues ? "more" : "no more") of its list")
    guard !continues else { return }
    record.call = .none
    observers.removeAll { $0 == client }
  }

  /// It is said once, with the last of the jobs that there were.
  private func isComplete(_ record: ClientRecord, _ reply: ListReply) {
    require(
      reply.isComplete == (record.unlisted?.isEmpty ?? false), "complete lists",
      "client \(record.id.rawValue) is told \(reply.isComplete), of"
        + " \(record.unlisted?.count ?? 0) jobs it knows nothing")
    if record.unlisted?.isEmpty ?? false { record.unlisted = nil }
  }

  private func isBounded(_ reply: ListReply, _ bytes: Int) {
    let least = reply.jobs.dropLast().reduce(0) { $0 + Self.jobBytesMin + $1.context.command.bytes }
    require(least <= bytes, "bounded lists", "\(reply.jobs.count) jobs of \(least) bytes")
  }

  /// As the client gave it, as far as that is kept.
  func isDescribed(_ job: JobRecord, _ context: JobContext) {
    let whole = job.request.context.command
    require(
      context.isTruncated == (context.command != whole), "descriptions",
      "job \(job.id) is told as \(context.isTruncated ? "" : "not ")cut")
    require(
      context.command.bytes <= limits.describedBytes && !context.command.isEmpty
        && zip(context.command, whole).allSatisfy { $1.bytes.starts(with: $0.bytes) },
      "descriptions", "of job \(job.id): \(context.command)")
  }

  /// What describes a job beside its command takes between so many bytes and so many.
  private static let jobBytesMin = 400
  private static let jobBytesMax = 1_500
}

extension [OSString] {
  fileprivate var bytes: Int { reduce(0) { $0 + $1.bytes.count } }
}
