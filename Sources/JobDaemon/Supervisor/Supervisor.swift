import JobEngine
import JobProtocol
import LinuxProcess
import LinuxSystem
import Logging
import SystemPackage

/// Carries out what the engine decides, and tells it what happened.
///
/// Events of the loop come in through ``event(_:)``; whatever the engine wants done about them is done
/// before that returns, in the engine's order.
final class Supervisor {
  let loop: EventLoop
  /// For whatever takes long at times.
  let offload: Offload
  /// For starting processes: a flood of jobs is as much as the processors can do, and one that is to be killed
  /// doesn't wait for it.
  let starts: Offload
  /// For the output of jobs.
  let readers: Offload
  let spawner: Spawner
  /// For starts on the loop while no descriptor is there that it takes long to close.
  let copyingSpawner: Spawner
  let budget: DescriptorBudget
  /// `/dev/null`, for every job that reads nothing or writes nowhere.
  let null: SharedDescriptor
  let log: Logger
  /// Made unique by the daemon's start, as leaf names are never used twice.
  let leafPrefix: String

  let place: JobPlace
  private(set) var engine: JobEngine
  var jobs: [JobID: JobResources] = [:]
  /// By pid, for children that have ended and are known by nothing else.
  var mainProcesses: [Int32: JobID] = [:]
  var ownUsage = OwnUsage()
  private var timer: TimerSource?
  private(set) var orphans: OrphanReaper?
  private(set) var spares: Spares?
  /// `nil` where what is to end would have to wait for it.
  private(set) var rehearsal: Rehearsal?
  /// `nil` where jobs are never started on the loop.
  var promptStart: PromptStart?
  private var isPerforming = false

  /// One waits for a processor to execute its program, one uses it.
  private static let startsPerProcessor = 2
  /// Pipes that may be locked for ever before others wait to be read.
  private static let lockedPipesMax = 512

  /// The connection of a client, while it is there.
  var connection: (ClientID) -> Connection? = { _ in nil }
  /// Descriptors were closed.
  var resourcesFreed: () -> Void = {}
  /// The number of jobs may have changed.
  var countsChanged: () -> Void = {}
  /// All jobs are over.
  var allOver: () -> Void = {}

  init(
    _ loop: EventLoop, _ engine: JobEngine, _ place: JobPlace, _ spawner: Spawner,
    null: SharedDescriptor, _ budget: DescriptorBudget, log: Logger
  ) throws(SystemError) {
    self.loop = loop
    self.engine = engine
    self.place = place
    self.spawner = spawner
    self.copyingSpawner = spawner.copying
    self.budget = budget
    self.null = null
    self.log = log
    self.offload = try Offload(loop)
    self.starts = try Offload(loop, atOnce: Self.startsPerProcessor * Processors.permitted)
    self.readers = try Offload(
      loop, atOnce: Processors.permitted, threadsMax: Self.lockedPipesMax)
    self.leafPrefix = String(Moment.now.realtime, radix: 36)
    loop.isCrowded = { [unowned self] in starts.isCrowded }
    timer = try TimerSource(loop) { [unowned self] in
      event { $0.deadlinePassed(at: Moment.now) }
    }
    // Where there are no control groups, what a warden leaves that was killed is to become ours.
    let adopts = Scheduling.isRealTime || place.path == nil
    let leaves = place.path.map { $0 + "/" }
    orphans = try OrphanReaper(
      loop, adopts: adopts, log: log, isInLeaf: { path in leaves.map(path.hasPrefix) ?? false }
    ) { [unowned self] in reapMain($0) }
    if Scheduling.isRealTime {
      rehearsal = try Rehearsal(loop) { [unowned self] in rehearseEnd(of: $0) }
    }
    if place.path != nil {
      spares = try Spares(
        loop, in: place, name: { [unowned self] in leafName($0) },
        next: { [unowned self] in self.engine.nextID })
      if spawner.method == SpawnMethod() { promptStart = try? PromptStart() }
    }
  }

  /// Of the control group of a job.
  func leafName(_ id: JobID) -> String { "\(leafPrefix)-\(id)" }

  /// Tells the engine what happened, and does what it decides.
  func event(_ happened: (inout JobEngine) -> Void) {
    happened(&engine)
    perform()
  }

  /// The same for what the engine may refuse.
  func request(_ happened: (inout JobEngine) throws(JobdError) -> Void) throws(JobdError) {
    try happened(&engine)
    perform()
  }

  /// A client asks for a job, which was made with the engine's next number.
  func submit(_ job: JobResources, _ request: RunRequest, for client: Connection) throws(JobdError)
  {
    let id = try engine.runRequested(
      request, by: client.id, client.peer, holdsLine: client.holdsLine, at: Moment.now)
    precondition(id == job.id, "job \(job.id) was accepted as \(id)")
    // Kept before it is asked for: the engine may want it started at once.
    jobs[id] = job
    logAccepted(id, request, client)
    if client.hasRunJobs { spares?.keep(for: client.id) }
    client.hasRunJobs = true
    perform()
  }

  private func perform() {
    // An action that is answered at once leads back here; the loop below goes on with what follows.
    guard !isPerforming else { return }
    isPerforming = true
    while let action = engine.nextAction() { perform(action) }
    isPerforming = false
    timer?.arm(at: engine.nextDeadline())
    countsChanged()
  }

  private func perform(_ action: Action) {
    switch action {
    case .spawn(let id): spawn(id)
    case .ask(let id, let plan): ask(id, plan)
    case .kill(let id): kill(id)
    case .inspect(let id): inspect(id)
    case .watch(let id): watch(id)
    case .findSurvivors(let id): findSurvivors(id)
    case .readUsage(let id): readUsage(id)
    case .drainOutput(let id): drainOutput(id)
    case .dropOutput(let id): dropOutput(id)
    case .discardOutput(let id): discardOutput(id)
    case .removeLeaf(let id): removeLeaf(id)
    case .forget(let id, let leafRemains): forget(id, leafRemains: leafRemains)
    case .replyToRun(let client, let reply): self.reply(to: client, reply)
    case .replyToList(let client, let reply, let continues):
      self.reply(to: client, reply, continues: continues)
    case .replyToCancel(let client, let reply): connection(client)?.finish(reply.wire)
    case .drop(let client):
      log.warning("an observer reads too slowly and is dropped")
      connection(client)?.close()
    case .exit:
      spares?.end()
      allOver()
    }
  }
}
