public import JobProtocol

/// A job that isn't finished.
struct LiveJob: Sendable {
  enum Phase: Hashable, Sendable {
    /// Waits for a slot.
    case queued
    /// Its first process is being made.
    case starting
    /// Its main process lives.
    case running
    /// Its main process has exited; the job is as long as its tree, which lives. Where that can't be
    /// watched, it is tried again at a moment, in monotonic microseconds.
    case lingering(watchAt: Int?)
    /// On the way down.
    case stopping(StopSequence)
    /// No process is left (or those that are left are stuck): being settled.
    case settling(Settlement)
  }

  /// What was decided when it was accepted.
  private let accepted: Accepted

  var phase = Phase.queued
  var main = MainProcess.unborn
  var startedAt: Timestamp?
  var controlGroup: String?
  /// Processes didn't end when asked, and were killed.
  var killed = false

  /// Connections that hold the job alive.
  var lifelines: [ClientID]
  /// Connections whose `Run` hears what becomes of it.
  var audience: [ClientID]
  /// Connections whose `Cancel` waits for the end.
  var cancelers: [ClientID] = []

  init(
    id: JobID, request: RunRequest, owner: Peer, client: ClientID, queuedAt: Timestamp
  ) {
    self.accepted = Accepted(id: id, request: request, owner: owner, queuedAt: queuedAt)
    self.lifelines = [client]
    self.audience = [client]
  }

  var id: JobID { accepted.id }
  /// Without the environment, which is nobody's business.
  var context: JobContext { accepted.request.context }
  var plan: StopPlan { accepted.request.stop }
  var waitsFor: Scope { accepted.request.waitsFor }
  var owner: Peer { accepted.owner }
  var queuedAt: Timestamp { accepted.queuedAt }

  /// Apart from the rest, which changes and is copied for it.
  private final class Accepted: Sendable {
    let id: JobID
    let request: RunRequest
    let owner: Peer
    let queuedAt: Timestamp

    init(id: JobID, request: RunRequest, owner: Peer, queuedAt: Timestamp) {
      self.id = id
      self.request = request
      self.owner = owner
      self.queuedAt = queuedAt
    }
  }

  /// Takes one of the slots.
  var holdsSlot: Bool {
    switch phase {
    case .starting, .running, .lingering, .stopping: true
    case .queued, .settling: false
    }
  }

  var isLingering: Bool {
    if case .lingering = phase { true } else { false }
  }
}

/// What a client asks for with `Run`, everything decided.
public struct RunRequest: Hashable, Sendable {
  /// Without the environment.
  public var context: JobContext
  public var stop: StopPlan
  public var waitsFor: Scope

  public init(context: JobContext, stop: StopPlan, waitsFor: Scope) {
    self.context = context
    self.stop = stop
    self.waitsFor = waitsFor
  }
}
