import JobEngine
import JobProtocol

/// What the daemon tells the engine; calls of clients apart.
enum Event {
  case spawned(JobID)
  case spawnFailed(JobID, StartFailure)
  case spawnKilled(JobID)
  case mainExited(JobID, MainExit)
  case killed(JobID)
  case inspected(JobID, populated: Bool)
  case lookFailed(JobID)
  case treeChanged(JobID)
  case survivorsFound(JobID, [Survivor])
  case usageRead(JobID, Usage)
  case outputDrained(JobID)
  case leafRemoved(JobID)
  case leafBusy(JobID)
  case observerReady(ClientID)
  case lineEnded(ClientID, JobEngine.LineEnding)
  case deadlinePassed

  /// For ``Transitions``.
  func isMet(by engine: JobEngine, at now: Timestamp, _ transitions: Transitions) {
    switch self {
    case .spawned(let id): transitions.meets("spawned", id, engine)
    case .spawnFailed(let id, _): transitions.meets("spawn failed", id, engine)
    case .spawnKilled(let id): transitions.meets("spawn killed", id, engine)
    case .mainExited(let id, _): transitions.meets("main exited", id, engine)
    case .killed(let id): transitions.meets("killed", id, engine)
    case .inspected(let id, let populated):
      transitions.meets(populated ? "found populated" : "found empty", id, engine)
    case .lookFailed(let id): transitions.meets("look failed", id, engine)
    case .treeChanged(let id): transitions.meets("tree changed", id, engine)
    case .survivorsFound(let id, _): transitions.meets("survivors found", id, engine)
    case .usageRead(let id, _): transitions.meets("usage read", id, engine)
    case .outputDrained(let id): transitions.meets("output drained", id, engine)
    case .leafRemoved(let id): transitions.meets("leaf removed", id, engine)
    case .leafBusy(let id): transitions.meets("leaf busy", id, engine)
    case .observerReady: break
    case .lineEnded(let client, let ending): transitions.meets(ending, of: client, engine)
    case .deadlinePassed: transitions.meetsDeadline(at: now.monotonic, engine)
    }
  }

  func tell(_ engine: inout JobEngine, at now: Timestamp) {
    switch self {
    case .spawned(let id):
      engine.spawned(id, pid: pid(of: id), controlGroup: "/jobs/\(id)", at: now)
    case .spawnFailed(let id, let failure): engine.spawnFailed(id, failure, at: now)
    case .spawnKilled(let id): engine.spawnKilled(id, .killed, at: now)
    case .mainExited(let id, let exit): engine.mainExited(id, exit, at: now)
    case .killed(let id): engine.killed(id, at: now)
    case .inspected(let id, let populated): engine.inspected(id, populated: populated, at: now)
    case .lookFailed(let id): engine.lookFailed(id, at: now)
    case .treeChanged(let id): engine.treeChanged(id, at: now)
    case .survivorsFound(let id, let survivors): engine.survivorsFound(id, survivors, at: now)
    case .usageRead(let id, let usage): engine.usageRead(id, usage, at: now)
    case .outputDrained(let id): engine.outputDrained(id, at: now)
    case .leafRemoved(let id): engine.leafRemoved(id, at: now)
    case .leafBusy(let id): engine.leafBusy(id, at: now)
    case .observerReady(let client): engine.observerReady(client)
    case .lineEnded(let client, let ending): engine.lineEnded(client, ending, at: now)
    case .deadlinePassed: engine.deadlinePassed(at: now)
    }
  }
}

func pid(of id: JobID) -> Int { 10_000 + id.rawValue }
