import JobEngine
import JobProtocol

/// What the referee knows of a job: from what was asked for, what was told to the engine, and what
/// the engine wanted done. Nothing of it is the engine's own.
final class JobRecord {
  let id: JobID
  let client: ClientID
  let uid: Int
  let request: RunRequest

  var isInQueue = true
  /// What was answered.
  var isBorn = false
  var failure: StartFailure?
  var exit: MainExit?
  /// The tree was seen to be empty, with the main process's exit known.
  var isEmpty = false
  /// The last answer to who survives.
  var survivors: [Survivor]?
  var searches = 0
  /// Some survivors were found, or somebody was there when the tree was last looked at after a search for them.
  var isSaidToLive = false
  var usage: Usage?
  var isDrained = false
  var leaf = Leaf.unanswered

  enum Leaf {
    case unanswered, busy, removed
  }

  /// Since when it is on its way down, and when its grace period is over.
  var downSince: Int?
  var killAt = Int.max
  /// Why, if it didn't end by itself.
  var reason: Cause?
  var requester: Requester?
  /// Asked for with a Cancel that said so.
  var signal: SignalOverride?

  /// What the engine wanted done.
  var looks = 0
  var isWatched = false
  var isWatchDue = false
  var isSettled = false
  var isDiscarded = false
  var kills = 0
  var bornOrKilledAt = 0
  var isForgotten = false

  /// When it has to be told, though its client doesn't read, because others wait for it.
  var flushedBy = Int.max

  /// What the owner was told.
  var isQueuedTold = false
  var isStartedTold = false
  var isStoppingTold = false
  /// Clients whose `Cancel` waits.
  var cancelers: [ClientID] = []

  /// Something that has to be done in this very step.
  var due: String?

  init(_ id: JobID, _ client: ClientID, uid: Int, _ request: RunRequest) {
    self.id = id
    self.client = client
    self.uid = uid
    self.request = request
  }

  /// Nothing that is asked for now changes how it ended.
  var isOver: Bool { isSettled || (exit != nil && request.waitsFor == .main) }

  var isAnswered: Bool {
    let isUsageKnown = usage != nil || !isBorn
    let isLeafKnown = leaf != .unanswered || wasNeverStarted
    return isSettled && isUsageKnown && isDrained && isLeafKnown
  }

  var wasNeverStarted = false
  /// Its first process was killed before it had executed the command.
  var wasKilledUnborn = false
  var isStuck = false
}

/// What the referee knows of a connection.
final class ClientRecord {
  enum Line {
    case open, halfClosed, closed
  }

  enum Call: Equatable {
    case none
    case run(JobID)
    case cancel(JobID)
    case list(JobID?, goesOn: Bool)
  }

  let id: ClientID
  var line = Line.open
  var call = Call.none
  var lastJob: JobID?
  /// Jobs that ended before it began to observe.
  var finishedBefore = 0
  var toldFinished: Set<JobID> = []
  /// Jobs that ended since it began to observe, and that it hasn't heard of.
  var behind: Set<JobID> = []
  /// Jobs that it has to hear of before its list is complete; `nil` once it is.
  var unlisted: Set<JobID>?
  var isDropped = false

  init(_ id: ClientID) {
    self.id = id
  }

  var observes: Bool {
    if case .list(_, goesOn: true) = call { line != .closed } else { false }
  }
}

/// A promise that wasn't kept.
struct Violation: Error, Equatable {
  let rule: String
  let text: String
  /// Microseconds.
  let at: Int
}
