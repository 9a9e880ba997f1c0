import JobEngine
import JobProtocol

/// A number for a whole history: FNV-1a, 64 bit, whose offset and prime these are.
struct Digest: Hashable {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ number: Int) {
    value = (value ^ UInt64(bitPattern: Int64(number))) &* 0x100_0000_01b3
  }

  mutating func add(_ action: Action, at now: Int) {
    add(now)
    switch action {
    case .spawn(let id): add(1, id)
    case .ask(let id, let plan): add(2, id, Int(plan.signal ?? 0))
    case .kill(let id): add(3, id)
    case .inspect(let id): add(4, id)
    case .watch(let id): add(5, id)
    case .findSurvivors(let id): add(6, id)
    case .readUsage(let id): add(7, id)
    case .drainOutput(let id): add(8, id)
    case .dropOutput(let id): add(18, id)
    case .discardOutput(let id): add(9, id)
    case .removeLeaf(let id): add(10, id)
    case .forget(let id, let remains): add(11, id, remains ? 1 : 0)
    case .replyToRun(let client, let reply):
      add(12)
      add(client.rawValue)
      add(reply)
    case .replyToList(let client, let reply, let continues):
      add(continues ? 13 : 14)
      add(client.rawValue)
      add(reply.isComplete ? 1 : 0)
      for job in reply.jobs { add(job) }
    case .replyToCancel(let client, let reply):
      add(15)
      add(client.rawValue)
      add(reply.job)
    case .drop(let client):
      add(16)
      add(client.rawValue)
    case .exit: add(17)
    }
  }

  private mutating func add(_ kind: Int, _ id: JobID, _ more: Int = 0) {
    add(kind)
    add(id.rawValue)
    add(more)
  }

  private mutating func add(_ reply: RunReply) {
    switch reply {
    case .queued(let job), .started(let job), .stopping(let job), .finished(let job): add(job)
    case .output: break
    }
  }

  private mutating func add(_ job: Job) {
    add(job.id)
    add(job.runtime.state.rawValue.utf8.count)
    add(job.runtime.cause?.rawValue.utf8.count ?? 0)
    add(job.runtime.result?.exitStatus ?? 0)
  }
}
