import JobEngine
import JobProtocol

// Actions in few words, for expectations that read well and for histories.

extension Action {
  /// What is to be done, to which job or client: `ask 1 (15 to tree)`.
  var summary: String {
    switch self {
    case .spawn(let id): "spawn \(id)"
    case .ask(let id, let plan): "ask \(id) (\(plan.summary))"
    case .kill(let id): "kill \(id)"
    case .inspect(let id): "inspect \(id)"
    case .watch(let id): "watch \(id)"
    case .findSurvivors(let id): "find survivors of \(id)"
    case .readUsage(let id): "read usage of \(id)"
    case .drainOutput(let id): "drain output of \(id)"
    case .dropOutput(let id): "drop output of \(id)"
    case .discardOutput(let id): "discard output of \(id)"
    case .removeLeaf(let id): "remove leaf of \(id)"
    case .forget(let id, false): "forget \(id)"
    case .forget(let id, true): "forget \(id), its leaf remains"
    case .replyToRun(let client, let reply): "client \(client.rawValue): \(reply.summary)"
    case .replyToList(let client, let reply, let continues):
      "client \(client.rawValue): list\(reply.summary)\(continues ? ", to be continued" : "")"
    case .replyToCancel(let client, let reply):
      "client \(client.rawValue): canceled \(reply.job.summary)"
    case .drop(let client): "drop client \(client.rawValue)"
    case .exit: "exit"
    }
  }
}

extension StopPlan {
  var summary: String {
    let asks =
      (signal.map { ["\($0) to \(scope.rawValue)"] } ?? []) + (closesInput ? ["close input"] : [])
    return asks.isEmpty ? "nothing" : asks.joined(separator: ", ")
  }
}

extension RunReply {
  var summary: String {
    switch self {
    case .queued(let job): "queued \(job.summary)"
    case .started(let job): "started \(job.summary)"
    case .output: "output"
    case .stopping(let job): "stopping \(job.summary)"
    case .finished(let job): "finished \(job.summary)"
    }
  }
}

extension ListReply {
  var summary: String {
    jobs.map { " \($0.summary) is \($0.runtime.state)" }.joined(separator: ",")
      + (isComplete ? " (complete)" : "")
  }
}

extension Job {
  var summary: String { runtime.cause.map { "\(id) (\($0))" } ?? "\(id)" }
}
