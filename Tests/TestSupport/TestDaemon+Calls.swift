public import JobProtocol
public import SystemPackage
public import Varlink

extension TestDaemon {
  public func connect() throws -> TestClient { try TestClient(socketPath) }

  /// Calls a method on a connection of its own.
  public func call(_ method: String, _ parameters: JSONObject = [:]) throws -> Reply {
    try connect().call(method, parameters)
  }

  public func describe() throws -> ServiceDescription {
    try ServiceDescription(try call("io.jobd.Describe").parameters)
  }

  /// All jobs, or one.
  public func list(_ id: Int? = nil) throws -> [Job] {
    let reply = try call("io.jobd.List", ListParameters(id: id).wire)
    if let error = reply.error { throw TestFailure("List was answered by \(error)") }
    return try ListReply(reply.parameters).jobs
  }

  /// Cancels a job and waits for its end.
  @discardableResult
  public func cancel(
    _ id: Int, signal: String? = nil, gracePeriodUSec: Int? = nil, reason: String? = nil
  ) throws -> Job {
    let parameters = CancelParameters(
      id: id, signal: signal, gracePeriodUSec: gracePeriodUSec, reason: reason)
    let reply = try call("io.jobd.Cancel", parameters.wire)
    if let error = reply.error { throw TestFailure("Cancel was answered by \(error)") }
    return try CancelReply(reply.parameters).job
  }

  // MARK: running

  /// Asks for a job on a connection of its own, or on the given one.
  public func run(
    _ parameters: RunParameters, descriptors: [FileDescriptor] = [], on client: TestClient? = nil
  ) throws -> TestJob {
    let client = try client ?? connect()
    try client.send(Call("io.jobd.Run", parameters.wire, mode: .more), descriptors: descriptors)
    return TestJob(client)
  }

  /// Runs a program with a witness of its tree as standard error; its standard output is captured.
  public func run(
    _ command: [String], stop: StopContext? = nil, wait: Scope? = nil, on client: TestClient? = nil,
    _ change: (inout RunParameters) -> Void = { _ in }
  ) throws -> TestJob {
    try (client ?? connect()).run(command, stop: stop, wait: wait, change)
  }

  /// The same with a script of the shell, and what it finds as `$@`.
  public func shell(
    _ script: String, arguments: [String] = [], stop: StopContext? = nil, wait: Scope? = nil,
    on client: TestClient? = nil, _ change: (inout RunParameters) -> Void = { _ in }
  ) throws -> TestJob {
    try run(
      ["/bin/sh", "-c", script, "sh"] + arguments, stop: stop, wait: wait, on: client, change)
  }
}

extension TestClient {
  /// Runs a program with a witness of its tree as standard error; its standard output is captured.
  public func run(
    _ command: [String], stop: StopContext? = nil, wait: Scope? = nil,
    _ change: (inout RunParameters) -> Void = { _ in }
  ) throws -> TestJob {
    var parameters = RunParameters(
      context: JobContext(command: command.map(OSString.init(text:)), wait: wait, stop: stop),
      standardErrorFileDescriptor: 0)
    change(&parameters)
    let call = Call("io.jobd.Run", parameters.wire, mode: .more)
    let witness = try Forking.inTurn {
      let witness = try TreeWitness()
      try send(call, descriptors: [try witness.end])
      witness.letGo()
      return witness
    }
    return TestJob(self, witness: witness)
  }
}

extension OSString {
  /// Text that is known to have no NUL in it.
  public init(text: String) {
    guard let string = OSString(text) else { preconditionFailure("a NUL in \(text)") }
    self = string
  }
}

extension TestDaemon {
  /// Waits until a job is finished, as an observer.
  public func waitForEnd(of id: Int) throws -> Job {
    let client = try connect()
    try client.send(Call("io.jobd.List", ListParameters(id: id).wire, mode: .more))
    while true {
      let reply = try client.next()
      if let error = reply.error { throw TestFailure("List was answered by \(error)") }
      guard !reply.continues else { continue }
      guard let job = try ListReply(reply.parameters).jobs.first else {
        throw TestFailure("the final reply has no job")
      }
      return job
    }
  }

  /// Waits until there is no job, queued or running.
  public func waitUntilIdle() throws {
    try waitUntil("there is no job") {
      let description = try describe()
      return description.queued == 0 && description.running == 0
    }
  }
}
