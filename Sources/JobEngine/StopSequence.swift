/// The way down, the same whatever caused it: ask, wait, kill, look until the tree is empty.
///
///     beforeStart ──born──▶ asking ──deadline──▶ killing ──stuckAfter──▶ (told as stuck)
///          └──────────────deadline───────────────▲
///
/// While asking, the tree is looked at only once its main process has exited.
struct StopSequence: Hashable, Sendable {
  enum Step: Hashable, Sendable {
    /// The job's first process is still being made: nobody is there to be asked.
    case beforeStart
    /// The processes were asked, and have until ``deadline``.
    case asking
    /// They are killed since a moment, until none is left.
    case killing(since: Int)
  }

  let reason: StopReason
  /// How it asks: the job's own plan unless somebody asked otherwise.
  private(set) var plan: StopPlan
  private(set) var step: Step
  /// When asking ends and killing begins. Monotonic microseconds.
  private(set) var deadline: Int
  /// The next look whether the tree is empty; `nil` while there is no point in looking.
  private var recheck: Recheck?
  private var isWatched: Bool
  /// Survivors were looked for, in vain: who is there all the same, a look has to say.
  private(set) var foundNobody = false

  init(_ reason: StopReason, plan: StopPlan, born: Bool, watched: Bool, at now: Int) {
    self.reason = reason
    self.isWatched = watched
    self.plan = plan
    self.step = born ? .asking : .beforeStart
    self.deadline = now + plan.gracePeriod
  }

  var isKilling: Bool {
    if case .killing = step { true } else { false }
  }

  /// When something has to be done, if nothing else happens before.
  var nextDeadline: Int {
    isKilling ? recheck?.at ?? deadline : min(deadline, recheck?.at ?? deadline)
  }

  /// The first process is there: from now on there is somebody to ask, or to be killed.
  mutating func born(at now: Int) {
    step = isKilling ? .killing(since: now) : .asking
    foundNobody = false
  }

  /// Somebody wants it sooner, or asked for with another signal.
  mutating func hurried(signal: SignalOverride?, gracePeriod: Int?, at now: Int) {
    if let signal { plan.signal = signal.signal }
    if let gracePeriod { deadline = min(deadline, now + gracePeriod) }
  }

  /// SIGKILL is being sent. Should that never return, it is stuck all the same. Who is being looked at
  /// goes on being looked at.
  mutating func killing(at now: Int, limits: Limits) {
    if !isKilling { step = .killing(since: now) }
    recheck = recheck ?? Recheck(after: limits.stuckAfter, at: now)
  }

  mutating func recheck(after delay: Int, at now: Int) {
    recheck = Recheck(after: delay, at: now)
  }

  /// The tree is not empty, its main process gone: look again in a moment.
  ///
  /// - Returns: It is the first time, so that it is worth to be notified from now on. Before the main
  ///   process has gone it is not: its exit is the better notification.
  mutating func foundPopulated(at now: Int, limits: Limits) -> Bool {
    if recheck == nil || !isWatched { recheck = Recheck(after: limits.recheckFirst, at: now) }
    defer { isWatched = true }
    return !isWatched
  }

  /// No notification may come, nor the end of a kill: look again before long.
  mutating func lookFailed(at now: Int, limits: Limits) {
    let soon = Recheck(after: limits.recheckMax, at: now)
    if recheck.map({ $0.at > soon.at }) ?? true { recheck = soon }
  }

  mutating func searchedInVain() {
    foundNobody = true
  }

  /// It is being looked at; the next time a little later.
  mutating func looked(at now: Int, limits: Limits) {
    recheck?.again(at: now, max: limits.recheckMax)
  }

  /// It has been looked at so often that something is in the way.
  func isSlow(_ limits: Limits) -> Bool {
    recheck.map { $0.delay >= limits.recheckMax } ?? false
  }

  /// The last look was one that came too late for it to be anything else.
  func wasStuck(_ limits: Limits) -> Bool {
    recheck.map { isStuck(at: $0.at - $0.delay, limits: limits) } ?? false
  }

  func isStuck(at now: Int, limits: Limits) -> Bool {
    if case .killing(let since) = step { now - since >= limits.stuckAfter } else { false }
  }
}
