import JobProtocol

@testable import JobEngine

/// Says after each step whether what is promised holds. Written from the promises, not from the
/// engine, of which it knows the events, the actions and the numbers that it tells.
///
/// What events mean is in `Referee+Events`, what actions may be wanted in `Referee+Actions`, what
/// must hold between steps here, and at the end in `Referee+End`. A new promise is a `require` in
/// one of them.
final class Referee {
  let limits: Limits
  let world: World
  var violation: Violation?

  var jobs: [JobRecord] = []
  var clients: [Int: ClientRecord] = [:]
  /// In the order of their ends.
  var finished: [JobID] = []
  var observers: [ClientID] = []

  /// Numbers, to be compared with the engine's.
  var slotsTaken = 0
  var waiting = 0
  var unfinished = 0
  var leftovers = 0
  var stuck = 0
  var nextInQueue = 0
  var jobsAtMost = 0

  var shutDownAt: Int?
  /// The last moment at which the last job ended.
  var allOverAt = 0
  var exits = 0
  var listReplies = 0
  /// Jobs that this step was about.
  var touched: [JobRecord] = []

  /// How soon a tree that is empty is noticed: twice the longest wait between two looks, and what
  /// the daemon may be late.
  static let promptness = Int.seconds(1)

  init(_ limits: Limits, _ world: World) {
    self.limits = limits
    self.world = world
  }

  var now: Int { world.now }

  func fail(_ rule: String, _ text: String) {
    if violation == nil {
      violation = Violation(rule: rule, text: "at \(now) µs: \(text)", at: now)
    }
  }

  func require(_ condition: Bool, _ rule: String, _ text: @autoclosure () -> String) {
    if !condition { fail(rule, text()) }
  }

  func touch(_ id: JobID) -> JobRecord {
    let job = jobs[id.rawValue - 1]
    // Mostly the same one again and again; to check one twice does no harm.
    if touched.last !== job { touched.append(job) }
    return job
  }

  func client(_ id: ClientID) -> ClientRecord {
    if let client = clients[id.rawValue] { return client }
    let client = ClientRecord(id)
    clients[id.rawValue] = client
    return client
  }

  // MARK: after each step

  func stepIsOver(_ counts: JobEngine.Counts) {
    for job in touched { check(job) }
    touched.removeAll(keepingCapacity: true)
    jobsAtMost = max(jobsAtMost, unfinished + leftovers)

    require(slotsTaken <= limits.runningMax, "slots", "\(slotsTaken) are taken")
    require(
      waiting == 0 || shutDownAt != nil || slotsTaken == limits.runningMax, "no starvation",
      "\(waiting) jobs wait, and only \(slotsTaken) slots are taken")
    require(
      counts.queued == waiting && counts.running == unfinished - waiting
        && counts.removing == leftovers && counts.stuck == stuck,
      "numbers", "told are \(counts); \(unfinished), \(waiting), \(leftovers), \(stuck) are right")
  }

  private func check(_ job: JobRecord) {
    if let due = job.due { fail("in the same step", "job \(job.id): \(due)") }
    require(
      client(job.client).line != .closed || job.isDiscarded || job.isForgotten, "slow readers",
      "nobody hears job \(job.id), and its output isn't thrown away")
    if job.isSettled {
      require(job.isForgotten || !job.isAnswered, "told when true", "job \(job.id) is over, untold")
      return
    }
    require(
      client(job.client).line == .open || job.downSince != nil, "lifeline",
      "job \(job.id) has lost its line and isn't on its way down")
    require(!job.isEmpty, "told when true", "job \(job.id) has no process and isn't being settled")
    require(job.failure == nil, "told when true", "job \(job.id) failed to start, untold")
    require(!job.wasKilledUnborn, "told when true", "job \(job.id) was killed unborn, untold")
  }

  /// Some time after a job should have been killed, or have been seen to be empty.
  func audit(_ id: JobID) {
    let job = jobs[id.rawValue - 1]
    let able = world.ableSince
    if job.isSettled {
      return require(
        job.isForgotten || now < max(job.flushedBy, able + Self.promptness), "slow readers",
        "others wait for job \(id), whose client doesn't read")
    }
    if job.isBorn, job.exit != nil, !world.tree(id).isPopulated(at: now) {
      let moment = max(world.tree(id).emptySince, able)
      require(
        now < moment + Self.promptness, "promptness",
        "job \(id) has no process since \(moment) µs, unnoticed")
    }
    if job.kills == 0, max(job.killAt, able) < now - Simulation.timerLatenessMax {
      fail("grace", "job \(id) was to be killed at \(job.killAt) µs")
    }
    guard job.kills > 0 else { return }
    require(
      now - job.bornOrKilledAt < limits.stuckAfter + world.hardships + Self.promptness, "stuck",
      "job \(id) is killed since \(job.bornOrKilledAt) µs, and not told as stuck")
    world.happens(.audit(id), after: Self.promptness)
  }

  // MARK: inside the engine

  /// From time to time, as it looks at everything.
  func inspect(_ engine: JobEngine) {
    for job in engine.live.values where job.lifelines.isEmpty {
      switch job.phase {
      case .stopping, .settling: break
      case .queued, .starting, .running, .lingering:
        fail("lifeline", "job \(job.id) is \(job.phase) without a line")
      }
    }
    let busy = clients.values.count { client in
      guard client.line != .closed else { return false }
      switch client.call {
      case .run, .cancel: return true
      case .none, .list: return false
      }
    }
    require(
      engine.jobOfClient.count == busy, "no leak",
      "\(engine.jobOfClient.count) clients are held for \(busy)")
    require(engine.running == slotsTaken, "slots", "\(engine.running) for \(slotsTaken)")
    // Old ones are dropped when new ones are entered, and jobs may have become fewer since.
    let bound = 2 * jobsAtMost + 66
    require(engine.deadlines.count <= bound, "no leak", "\(engine.deadlines.count) deadlines")
    require(engine.history.all.count { _ in true } <= limits.finishedKept, "no leak", "history")
  }
}
