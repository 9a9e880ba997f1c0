internal import DequeModule
internal import JobProtocol
internal import OrderedCollections

/// Clients whose `List` goes on, in the order in which they came.
struct Observers: Sendable {
  private var observers: OrderedDictionary<ClientID, Observer> = [:]

  var isEmpty: Bool { observers.isEmpty }

  /// Those who want to hear of a job.
  func concerned(by job: JobID, maySee: (Peer) -> Bool) -> [ClientID] {
    observers.compactMap { client, observer in
      (observer.only ?? job) == job && maySee(observer.peer) ? client : nil
    }
  }

  subscript(_ client: ClientID) -> Observer? {
    get { observers[client] }
    _modify { yield &observers[client] }
  }

  mutating func add(_ client: ClientID, _ observer: Observer) {
    observers[client] = observer
  }

  mutating func remove(_ client: ClientID) {
    observers.removeValue(forKey: client)
  }
}

/// One whose `List` goes on: first it hears of all jobs that there are, then of those that changed, of each
/// the newest state, whenever it has room for another reply.
struct Observer: Sendable {
  /// What is to be told of a job.
  enum State: Sendable {
    /// How it is when it is told.
    case live
    /// It finished since the client called. Such jobs add up.
    case finished(Job)
    /// It had finished before, and is of the history, as long as that is.
    case past(Job)
  }

  typealias News = (id: JobID, state: State)

  let peer: Peer
  /// Only this job.
  let only: JobID?
  /// The client has room for another reply.
  var isReady = true

  /// What it hasn't been told yet: which jobs, in the order in which they were listed or changed, and what
  /// of each.
  private var order: Deque<JobID>
  private var states: [JobID: State]
  /// So many of the first of them were there when it called; `nil` once it knows these.
  private var listed: Int?
  /// How many of them have finished since it called, and what these come to.
  private var finished = 0
  private var finishedBytes = 0

  init(peer: Peer, only: JobID?, listed: [News]) {
    self.peer = peer
    self.only = only
    self.listed = listed.count
    order = Deque(listed.map(\.id))
    states = Dictionary(uniqueKeysWithValues: listed.map { ($0.id, $0.state) })
  }

  /// There is something to be said, and room for it. That there are no jobs is something, too.
  var wantsToHear: Bool { isReady && (listed != nil || !order.isEmpty) }

  mutating func changed(_ id: JobID, _ state: State) {
    if states.updateValue(state, forKey: id) == nil { order.append(id) }
    count(state, 1)
  }

  /// More have finished than are kept for it.
  func isTooFarBehind(_ limits: Limits) -> Bool {
    finished > limits.observerBacklogMax || finishedBytes > limits.observerBacklogBytes
  }

  /// The next that is to be told.
  mutating func next() -> News? {
    guard let id = order.popFirst(), let state = states.removeValue(forKey: id) else { return nil }
    count(state, -1)
    return (id, state)
  }

  private mutating func count(_ state: State, _ sign: Int) {
    guard case .finished(let job) = state else { return }
    finished += sign
    finishedBytes += sign * job.size
  }

  /// A reply has so many.
  ///
  /// - Returns: With it the client knows all jobs that there were when it called.
  mutating func told(_ count: Int) -> Bool {
    isReady = false
    guard let listed else { return false }
    self.listed = count < listed ? listed - count : nil
    return self.listed == nil
  }
}
