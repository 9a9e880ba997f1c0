import Glibc
import JobProtocol
import Synchronization

@testable import JobEngine

/// Which events met jobs in which states, as the tests saw it. `make coverage` asks for it, naming a file in
/// `JOBD_TRANSITIONS`: each pair is appended to that when it is first seen, with who saw it.
struct Transitions {
  /// Stories, or the simulation.
  let witness: String

  private static let file: String? = unsafe getenv("JOBD_TRANSITIONS").map {
    unsafe String(cString: $0)
  }
  private static let seen = Mutex<Set<String>>([])

  /// An event is about to be told to an engine, about one job.
  func meets(_ event: String, _ id: JobID, _ engine: JobEngine) {
    guard Self.file != nil else { return }
    note("\(witness)\t\(event)\t\(Self.state(of: id, in: engine))\n")
  }

  /// One that is about all jobs.
  func meetsAll(_ event: String, _ engine: JobEngine) {
    guard Self.file != nil else { return }
    for id in engine.live.keys { meets(event, id, engine) }
    for id in engine.leftovers.keys { meets(event, id, engine) }
  }

  /// The end of a line that a job may hang on.
  func meets(_ ending: JobEngine.LineEnding, of client: ClientID, _ engine: JobEngine) {
    guard Self.file != nil, let id = engine.jobOfClient[client], let job = engine.live[id] else {
      return
    }
    let whose = job.cancelers.contains(client) ? "canceler" : "client"
    meets("\(whose) \(ending == .closed ? "closes" : "half-closes")", id, engine)
  }

  /// A moment that some jobs wait for.
  func meetsDeadline(at now: Int, _ engine: JobEngine) {
    guard Self.file != nil else { return }
    let ids = Array(engine.live.keys) + Array(engine.leftovers.keys)
    for id in ids where Self.deadline(of: id, in: engine).map({ $0 <= now }) ?? false {
      meets("deadline passes", id, engine)
    }
  }

  private func note(_ line: String) {
    guard let file = Self.file, Self.seen.withLock({ $0.insert(line).inserted }) else { return }
    let opened = unsafe open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    defer { close(opened) }
    precondition(unsafe write(opened, line, line.utf8.count) == line.utf8.count, file)
  }

  private static func state(of id: JobID, in engine: JobEngine) -> String {
    guard let job = engine.live[id] else {
      return engine.leftovers[id] == nil ? "finished" : "left over"
    }
    let hasExited = job.main.exit != nil
    switch job.phase {
    case .queued: return "queued"
    case .starting: return "starting"
    case .running: return hasExited ? "exited" : "running"
    case .lingering: return "lingering"
    case .settling: return "settling"
    case .stopping(let sequence):
      switch sequence.step {
      case .beforeStart: return "stopped unborn"
      case .asking: return hasExited ? "asked, exited" : "asked"
      case .killing:
        if job.main == .unborn { return "killed unborn" }
        return hasExited ? "killed, exited" : "killed"
      }
    }
  }

  private static func deadline(of id: JobID, in engine: JobEngine) -> Int? {
    switch engine.live[id]?.phase {
    case .stopping(let sequence): sequence.nextDeadline
    case .settling(let settlement): settlement.nextDeadline
    case .lingering(let watchAt): watchAt
    case .queued, .starting, .running: nil
    case nil: engine.leftovers[id]?.retry.at
    }
  }
}
