internal import DequeModule
public import JobProtocol

/// Everything that jobd decides about jobs, without doing any of it.
///
/// Events come in as method calls, each with the moment at which it happened; what is to be done comes
/// out of ``nextAction()``. No system call, no clock, no randomness: the same events give the same
/// actions, so that a simulation can drive the whole life of all jobs.
///
/// What it keeps:
/// - A job that has no lifeline is on its way down.
/// - ``RunReply/finished(_:)`` is said once, last, and only when the job's tree is empty, or is said to be
///   stuck in it.
/// - An event for a job that is gone, or that comes twice, changes nothing.
public struct JobEngine: Sendable {
  public let limits: Limits
  /// User that the service runs as: it sees all jobs, as root does.
  let serviceUID: Int
  let containment: Containment

  var live: [JobID: LiveJob] = [:]
  var queue = Queue()
  var history: History
  var leftovers: [JobID: Leftover] = [:]
  var observers = Observers()
  var deadlines = Deadlines()
  var service = ServicePhase.serving

  /// The job that a connection waits for, as its lifeline or to hear of its cancellation.
  var jobOfClient: [ClientID: JobID] = [:]
  /// Jobs that hold a slot.
  var running = 0

  private var lastID = 0
  private var actions: Deque<Action> = []

  /// - Parameter containment: What holds each job's processes together; said in every result.
  public init(
    limits: Limits = Limits(), serviceUID: Int, containment: Containment = .controlGroup
  ) {
    self.limits = limits
    self.serviceUID = serviceUID
    self.containment = containment
    self.history = History(capacity: limits.finishedKept)
  }

  // MARK: actions

  /// The next thing to be done, in the order in which it was decided.
  public mutating func nextAction() -> Action? {
    actions.popFirst()
  }

  mutating func emit(_ action: Action) {
    actions.append(action)
  }

  var isShuttingDown: Bool { service != .serving }

  // MARK: numbers

  public struct Counts: Hashable, Sendable {
    public var queued: Int
    /// Jobs started and not finished.
    public var running: Int
    /// Finished jobs of which something is still to be removed.
    public var removing: Int
    /// Those of them in which processes are stuck.
    public var stuck: Int
  }

  public var counts: Counts {
    Counts(
      queued: queue.count, running: live.count - queue.count, removing: leftovers.count,
      stuck: leftovers.values.count { $0.isStuck })
  }

  /// The number that the next job gets if it is accepted.
  public var nextID: JobID { JobID(rawValue: lastID + 1) }

  mutating func makeID() -> JobID {
    defer { lastID += 1 }
    return nextID
  }

  /// A job that has finished not long ago. ``Limits/finishedKept``
  public func finished(_ id: JobID) -> Job? { history[id] }

  // MARK: who may see what

  func mayAccess(_ peer: Peer, owner: Int) -> Bool {
    peer.uid == owner || peer.uid == 0 || peer.uid == serviceUID
  }
}
