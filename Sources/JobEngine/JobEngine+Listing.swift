public import JobProtocol

// What is told to those who list jobs, once or as they change.

extension JobEngine {
  /// A client calls `List`.
  ///
  /// - Parameter goesOn: Called with `more`: the client hears of every change.
  public mutating func listRequested(
    only id: JobID?, finished: Bool, goesOn: Bool, by client: ClientID, _ peer: Peer
  ) throws(JobdError) {
    let listed = listed(only: id, finished: finished, for: peer)
    if let id, listed.isEmpty { throw .noSuchJob(id: id.rawValue) }

    guard goesOn else {
      let jobs = listed.map { describe($0.id, $0.state) }
      guard jobs.reduce(0, { $0 + $1.size }) <= limits.listReplyBytes else { throw .expectedMore }
      return emit(
        .replyToList(client, ListReply(jobs: jobs, isComplete: true), continues: false))
    }
    observers.add(client, Observer(peer: peer, only: id, listed: listed))
    tell(client)
  }

  /// An observer has room for another reply.
  public mutating func observerReady(_ client: ClientID) {
    observers[client]?.isReady = true
    tell(client)
  }

  /// Tells those who observe of a job that has changed.
  mutating func tellObservers(_ job: Job) {
    let id = JobID(rawValue: job.id)
    let concerned = observers.concerned(by: id) { mayAccess($0, owner: job.runtime.uid) }
    for client in concerned {
      observers[client]?.changed(id, job.runtime.state == .finished ? .finished(job) : .live)
      tell(client)
      if observers[client]?.isTooFarBehind(limits) ?? false {
        observers.remove(client)
        emit(.drop(client))
      }
    }
  }

  /// Tells an observer as much as fits one reply, if it has room for that and there is something to say.
  private mutating func tell(_ client: ClientID) {
    guard observers[client]?.wantsToHear ?? false else { return }
    var jobs: [Job] = []
    var room = limits.listPieceBytes
    while room > 0, let (id, state) = observers[client]?.next() {
      let job = describe(id, state)
      room -= job.size
      jobs.append(job)
    }
    let isComplete = observers[client]?.told(jobs.count) ?? false
    let isLast = observers[client]?.only != nil && jobs.last?.runtime.state == .finished
    if isLast { observers.remove(client) }
    emit(.replyToList(client, ListReply(jobs: jobs, isComplete: isComplete), continues: !isLast))
  }

  /// Oldest first.
  private func listed(only id: JobID?, finished: Bool, for peer: Peer) -> [Observer.News] {
    var listed: [Observer.News] = []
    if id != nil || finished {
      for job in id.map({ history[$0].map { [$0] } ?? [] }) ?? Array(history.all)
      where mayAccess(peer, owner: job.runtime.uid) {
        listed.append((JobID(rawValue: job.id), .past(job)))
      }
    }
    for id in id.map({ [$0] }) ?? live.keys.sorted() {
      guard let job = live[id], mayAccess(peer, owner: job.owner.uid) else { continue }
      listed.append((id, .live))
    }
    return listed
  }

  private func describe(_ id: JobID, _ state: Observer.State) -> Job {
    switch state {
    case .finished(let job), .past(let job): return job
    case .live:
      guard let job = live[id] else {
        preconditionFailure("job \(id) is gone, unknown to observers")
      }
      return describe(job)
    }
  }
}

extension Job {
  /// About how many bytes it takes to keep and to send: for bounds.
  var size: Int {
    let result = runtime.result
    let texts = [
      context.name, result?.startFailure?.path, result?.startFailure?.message,
      result?.requestedBy?.reason,
    ]
    return texts.reduce(Self.sizeWithoutTexts) { $0 + ($1?.utf8.count ?? 0) }
      + context.command.reduce(0) { $0 + $1.bytes.count + Self.argumentBytes }
      + (context.workingDirectory?.bytes.count ?? 0)
      + (result?.survivors?.count ?? 0) * Self.survivorBytes
  }

  /// Names of fields, numbers, a cgroup's path: 700 bytes as a rule.
  private static let sizeWithoutTexts = 1_024
  /// Quotes and a comma.
  private static let argumentBytes = 3
  private static let survivorBytes = 96
}
