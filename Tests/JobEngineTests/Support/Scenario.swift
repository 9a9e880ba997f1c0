import JobProtocol
import Testing

@testable import JobEngine

/// A story told to an engine, event by event, with a clock that stands still unless told otherwise.
///
///     let story = Scenario()
///     let job = try story.run(by: 1)
///     #expect(story.actions == ["client 1: queued 1", "spawn 1"])
///
/// Nothing is answered by itself. Methods named after one event feed just that event; those that
/// tell of more (``started(by:_:)``, ``settled(_:)``) throw the actions in between away.
final class Scenario {
  var engine: JobEngine
  /// Monotonic microseconds.
  private(set) var now = 1_000_000

  init(_ limits: Limits = Limits()) {
    engine = JobEngine(limits: limits, serviceUID: Scenario.serviceUID)
  }

  let transitions = Transitions(witness: "stories")

  static let serviceUID = 900
  static let user = 1_000
  static let otherUser = 1_001

  var time: Timestamp { Timestamp(realtime: now + 7_000_000, monotonic: now) }

  /// What the engine wanted done since this was last read.
  var actions: [String] { full().map(\.summary) }

  /// The same, as it is.
  func full() -> [Action] {
    var actions: [Action] = []
    while let action = engine.nextAction() { actions.append(action) }
    return actions
  }

  /// The job as the last of the replies says that it finished.
  func finished() throws -> Job {
    let told = full().compactMap { action in
      if case .replyToRun(_, .finished(let job)) = action { job } else { nil }
    }
    return try #require(told.last)
  }
}

// MARK: - What clients do

extension Scenario {
  @discardableResult
  func run(
    by client: ClientID, _ request: RunRequest = .sample(), uid: Int = user,
    holdsLine: Bool = true
  ) throws -> JobID {
    try engine.runRequested(
      request, by: client, peer(client, uid), holdsLine: holdsLine, at: time)
  }

  func cancel(
    _ job: JobID, by client: ClientID, signal: SignalOverride? = nil, gracePeriod: Int? = nil,
    reason: String? = nil, uid: Int = user
  ) throws {
    transitions.meets("Cancel", job, engine)
    try engine.cancelRequested(
      job, signal: signal, gracePeriod: gracePeriod, reason: reason, by: client,
      peer(client, uid), at: time)
  }

  func list(
    only job: JobID? = nil, finished: Bool = true, goesOn: Bool = false, by client: ClientID,
    uid: Int = user
  ) throws {
    if let job { transitions.meets("List", job, engine) }
    try engine.listRequested(
      only: job, finished: finished, goesOn: goesOn, by: client, peer(client, uid))
  }

  /// A `List` that goes on, its first reply read.
  func observe(by client: ClientID, only job: JobID? = nil, uid: Int = user) throws {
    try list(only: job, goesOn: true, by: client, uid: uid)
    _ = full()
    engine.observerReady(client)
  }

  func halfCloses(_ client: ClientID) { tell(.lineEnded(client, .halfClosed)) }
  func closes(_ client: ClientID) { tell(.lineEnded(client, .closed)) }

  func shutdown(hurry: Bool = false) {
    transitions.meetsAll(hurry ? "second shutdown" : "shutdown", engine)
    engine.shutdownRequested(hurry: hurry, at: time)
  }

  private func peer(_ client: ClientID, _ uid: Int) -> Peer {
    Peer(uid: uid, pid: 5_000 + client.rawValue)
  }
}

// MARK: - What becomes of processes

extension Scenario {
  func tell(_ event: Event) {
    event.isMet(by: engine, at: time, transitions)
    event.tell(&engine, at: time)
  }

  func spawned(_ job: JobID) { tell(.spawned(job)) }
  func spawnFailed(_ job: JobID, _ failure: StartFailure = .noSuchFile) {
    tell(.spawnFailed(job, failure))
  }
  func spawnKilled(_ job: JobID) { tell(.spawnKilled(job)) }
  func mainExits(_ job: JobID, _ exit: MainExit = .exited(0)) { tell(.mainExited(job, exit)) }
  func killed(_ job: JobID) { tell(.killed(job)) }
  func lookFailed(_ job: JobID) { tell(.lookFailed(job)) }
  func inspected(_ job: JobID, populated: Bool) { tell(.inspected(job, populated: populated)) }
  func treeChanged(_ job: JobID) { tell(.treeChanged(job)) }
  func survivors(_ job: JobID, _ survivors: [Survivor] = [.asleep]) {
    tell(.survivorsFound(job, survivors))
  }
  func usageRead(_ job: JobID, _ usage: Usage = Usage()) { tell(.usageRead(job, usage)) }
  func outputDrained(_ job: JobID) { tell(.outputDrained(job)) }
  func leafRemoved(_ job: JobID) { tell(.leafRemoved(job)) }
  func leafBusy(_ job: JobID) { tell(.leafBusy(job)) }
}

// MARK: - Time

extension Scenario {
  var nextDeadline: Int? { engine.nextDeadline() }

  /// Lets time pass without calling the engine, as a daemon that is held up does.
  func sleeps(_ period: Int) {
    now += period
  }

  /// More than any story's job waits for in a day.
  private static let deadlinesMax = 10_000

  /// Lets time pass, calling the engine at each of its deadlines. What it then asks to look at is
  /// answered with `populated`, killing is answered at once.
  func passes(_ period: Int, populated: Bool? = nil) -> [Action] {
    let end = now + period
    var deadlines = 0
    var done: [Action] = []
    while let deadline = engine.nextDeadline(), deadline <= end {
      now = Swift.max(now, deadline)
      tell(.deadlinePassed)
      while let action = engine.nextAction() {
        done.append(action)
        switch action {
        case .kill(let id): killed(id)
        case .inspect(let id): if let populated { inspected(id, populated: populated) }
        default: break
        }
      }
      deadlines += 1
      if deadlines > Self.deadlinesMax || engine.nextDeadline().map({ $0 <= now }) ?? false {
        Issue.record("there is no end of deadlines")
        break
      }
    }
    now = end
    return done
  }

  /// The engine is called at the very next deadline.
  func nextDeadlinePasses() throws {
    now = Swift.max(now, try #require(nextDeadline))
    tell(.deadlinePassed)
  }
}

// MARK: - Several events at once

extension Scenario {
  /// A job whose main process runs.
  @discardableResult
  func started(
    by client: ClientID, _ request: RunRequest = .sample(), uid: Int = user
  ) throws -> JobID {
    let job = try run(by: client, request, uid: uid)
    spawned(job)
    _ = full()
    return job
  }

  /// The main process ends and leaves nothing behind.
  func ends(_ job: JobID, _ exit: MainExit = .exited(0)) {
    mainExits(job, exit)
    inspected(job, populated: false)
  }

  /// The last answers about a job without processes.
  func settled(_ job: JobID) {
    usageRead(job)
    outputDrained(job)
    leafRemoved(job)
  }

  /// A job that ran, and is told as finished.
  @discardableResult
  func finishedJob(by client: ClientID) throws -> JobID {
    let job = try started(by: client)
    ends(job)
    settled(job)
    _ = full()
    return job
  }

  /// A job that is killed, its processes looked at until they are told as stuck.
  func stuck(by client: ClientID) throws -> JobID {
    let job = try started(by: client)
    try cancel(job, by: 99, gracePeriod: 0)
    _ = full()
    killed(job)
    _ = passes(engine.limits.stuckAfter + engine.limits.recheckMax, populated: true)
    survivors(job)
    return job
  }
}
