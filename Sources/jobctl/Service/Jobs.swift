internal import JobProtocol
internal import Varlink

/// The jobs of a reply, as values and as they were said: a newer jobd says more than we know.
struct Jobs {
  let values: [Job]
  let json: [JSON]
  /// With these, all that there were have been told.
  let isComplete: Bool

  init(_ reply: JSONObject) throws(Failure) {
    do throws(BadValue) {
      let list = try ListReply(reply)
      values = list.jobs
      isComplete = list.isComplete
    } catch {
      throw Failure("jobd can't be understood: \(error)")
    }
    json = reply.array("jobs") ?? []
  }
}

extension ServiceConnection {
  /// Asks for all jobs, which come in as many pieces as it takes.
  mutating func list(
    _ parameters: ListParameters, each piece: (Jobs) throws -> Void
  ) throws {
    try send(Call(JobdInterface.Method.list.rawValue, parameters.wire, mode: .more))
    while true {
      let reply = try receive()
      let jobs = try Jobs(Self.parameters(of: reply))
      try piece(jobs)
      if jobs.isComplete || !reply.continues { return }
    }
  }
}
