internal import OrderedCollections
internal import JobProtocol

/// Clients whose `List` goes on. Each gets the newest state of a job, when it has room for it.
struct Observers: Sendable {
  struct Observer: Sendable {
    let peer: Peer
    /// Only this job.
    let only: JobID?
    /// The client has room for another reply.
    var isReady = false
    /// What it hasn't been told yet.
    var pending: OrderedDictionary<Int, Job> = [:]
    /// How many of these are finished: those don't change any more, and add up.
    var finishedPending = 0
  }

  private var observers: OrderedDictionary<ClientID, Observer> = [:]

  var isEmpty: Bool { observers.isEmpty }

  mutating func add(_ client: ClientID, _ observer: Observer) {
    observers[client] = observer
  }

  mutating func remove(_ client: ClientID) {
    observers.removeValue(forKey: client)
  }

  /// What is to be told, now that the client has room.
  mutating func ready(_ client: ClientID) -> Action? {
    observers[client]?.isReady = true
    return flush(client)
  }

  /// What is to be told of the change to those who may see it.
  mutating func changed(
    _ job: Job, backlogMax: Int, maySee: (Peer) -> Bool
  ) -> [Action] {
    var actions: [Action] = []
    for (client, observer) in observers {
      guard observer.only.map({ $0.rawValue == job.id }) ?? true, maySee(observer.peer) else {
        continue
      }
      observers[client]?.pending[job.id] = job
      if job.runtime.state == .finished { observers[client]?.finishedPending += 1 }
      if let action = flush(client) {
        actions.append(action)
      } else if (observers[client]?.finishedPending ?? 0) > backlogMax {
        remove(client)
        actions.append(.drop(client))
      }
    }
    return actions
  }

  private mutating func flush(_ client: ClientID) -> Action? {
    guard let observer = observers[client], observer.isReady, !observer.pending.isEmpty else {
      return nil
    }
    let jobs = Array(observer.pending.values)
    let isLast = observer.only != nil && observer.finishedPending > 0
    if isLast {
      remove(client)
    } else {
      observers[client]?.isReady = false
      observers[client]?.pending = [:]
      observers[client]?.finishedPending = 0
    }
    return .replyToList(client, ListReply(jobs: jobs), continues: !isLast)
  }
}
