import JobClient
import Testing

@Suite("JobClient: jobs as sequences", .timeLimit(.minutes(15)))
struct JobClientTests {
  private let harness: JobctlHarness
  private let client: JobClient

  init() throws {
    harness = try JobctlHarness()
    client = try JobClient(socket: harness.socket)
  }

  @Test("Events come in order, and the last says how it ended")
  func events() async throws {
    var kinds: [String] = []
    var output: [UInt8] = []
    for try await event in try await client.run(shell("printf 'a\\377b'; exit 3")) {
      switch event {
      case .queued: kinds.append("queued")
      case .started(let job):
        kinds.append("started")
        #expect(job.runtime.mainPid != nil)
      case .output(let piece): output += piece.bytes
      case .stopping: kinds.append("stopping")
      case .finished(let job):
        kinds.append("finished")
        #expect(job.runtime.result?.terminationStatus == .exited(3))
        #expect(job.runtime.result?.cause == .exited)
      }
    }
    #expect(kinds == ["queued", "started", "finished"])
    #expect(output == [0x61, 0xff, 0x62])
  }

  @Test("Output is collected, each stream for itself, all of it")
  func collects() async throws {
    let script = "yes | head -c 1000000; echo error >&2; kill -TERM $$"
    let collected = try await client.run(shell(script), collectingUpTo: 2_000_000)
    #expect(
      collected.standardOutput
        == [[UInt8]](repeating: Array("y\n".utf8), count: 500_000).flatMap { $0 })
    #expect(collected.standardError == Array("error\n".utf8))
    #expect(collected.result.terminationStatus == .signaled(.terminate))
  }

  @Test("More output than was asked for is an error, and ends the job")
  func limit() async throws {
    await #expect(throws: JobClientError.outputLimitExceeded(limit: 1000)) {
      try await client.run(shell("yes"), collectingUpTo: 1000)
    }
    #expect(try await cause(of: "sh") == .disconnected)
  }

  @Test("What no message has room for is an error, and jobd doesn't hear of it")
  func tooLong() async throws {
    let long = String(repeating: "x", count: 17 << 20)
    let error = await #expect(throws: JobClientError.self) {
      try await client.run(shell(long), collectingUpTo: 0)
    }
    guard case .tooLong(let bytes, limit: 16_777_216) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(bytes > 17 << 20)
  }

  @Test("So is what has more values than a message")
  func tooManyValues() async throws {
    let arguments = Array(repeating: "x", count: 262_144)
    let error = await #expect(throws: JobClientError.self) {
      try await client.run(
        JobConfiguration(.name("true"), arguments: Arguments(arguments)), collectingUpTo: 0)
    }
    guard case .tooManyValues(_, limit: 262_144) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("What can't be the name of a variable is an error", arguments: ["", "A=B", "="])
  func variableName(_ name: String) async throws {
    for environment in [Environment.custom([name: "c"]), .inherit.updating([name: nil])] {
      let job = JobConfiguration(.name("true"), environment: environment)
      await #expect(
        throws: JobClientError.refused(
          .badValue(
            BadValue("context.environment", "'\(name)' is not the name of a variable")))
      ) {
        try await client.run(job, collectingUpTo: 0)
      }
    }
  }

  @Test("That a command can't be started is how its job ended, and no error")
  func failedToStart() async throws {
    let job = JobConfiguration(.path("/no/such/command"))
    let result = try await client.run(job, collectingUpTo: 0).result
    #expect(result.cause == .failedToStart)
    #expect(result.startFailure?.errnoName == "ENOENT")
    #expect(result.terminationStatus == nil)
  }

  @Test("A job is given its input, directory, environment and arguments, which need not be UTF-8")
  func configuration() async throws {
    var job = JobConfiguration(
      .name("sh"),
      arguments: Arguments(
        bytes: ["-c", #"pwd; cat; printf %s "$A$1""#, "sh"].map {
          Array($0.utf8)
        } + [[0xe9]]),
      environment: .inherit.updating(["A": "ä", "HOME": nil]), workingDirectory: "/usr")
    job.standardInput = .bytes([0xff, 0x0a])
    let collected = try await client.run(job, collectingUpTo: 1000)
    #expect(
      collected.standardOutput == Array("/usr\n".utf8) + [0xff, 0x0a] + Array("ä".utf8) + [0xe9])
  }

  /// In a process of its own: here its task may have to wait for other tests between two pieces of the call, and jobd
  /// doesn't wait for the rest of one for ever.
  @Test("A call that is longer than a socket has room for arrives whole")
  func longCall() async {
    await #expect(processExitsWith: .success) { [socket = harness.socket as String] in
      let long = [String](repeating: String(repeating: "x", count: 100_000), count: 10)
      let job = JobConfiguration(
        .name("sh"), arguments: Arguments(["-c", "printf %s \"$@\" | wc -c", "sh"] + long))
      let collected = try await JobClient(socket: socket).run(job, collectingUpTo: 100)
      #expect(collected.standardOutput == Array("1000000\n".utf8))
    }
  }

  @Test("A cancelled job is heard to its end")
  func cancel() async throws {
    let running = try await client.run(shell(trapping("TERM", "echo asked; exit 4")))
    var output = ""
    var last: RunReply?
    for try await event in running {
      last = event
      guard case .output(let piece) = event else { continue }
      output += String(decoding: piece.bytes, as: UTF8.self)
      if output == "ready\n" { running.cancel() }
    }
    #expect(output == "ready\nasked\n")
    guard case .finished(let job)? = last else { return #expect(Bool(false), "not finished") }
    #expect(job.runtime.result?.cause == .disconnected)
    #expect(job.runtime.result?.exitStatus == 4)
  }

  @Test("Leaving the loop ends the job")
  func leaves() async throws {
    let running = try await client.run(shell("echo ready; sleep infinity"))
    for try await event in running {
      if case .output = event { break }
    }
    #expect(try await cause(of: "sh") == .disconnected)
    _ = running
  }

  @Test("Letting go of a job that was never looked at ends it")
  func forgets() async throws {
    _ = try await client.run(shell("sleep infinity"))
    #expect(try await cause(of: "sh") == .disconnected)
  }

  @Test("Cancelling the task ends the job, and throws")
  func cancelledTask() async throws {
    let client = client
    let (started, continuation) = AsyncStream.makeStream(of: Void.self)
    let task = Task {
      for try await event in try await client.run(
        JobConfiguration(.name("sleep"), arguments: ["60"]))
      {
        if case .started = event { continuation.finish() }
      }
    }
    for await _ in started {}
    task.cancel()
    await #expect(throws: JobClientError.cancelled) { try await task.value }
    #expect(try await cause(of: "sleep") == .disconnected)
  }

  @Test("A client that doesn't read makes its job wait, and no other")
  func backpressure() async throws {
    let slow = try await client.run(shell("yes | head -c 4000000"))
    let other = try await client.run(shell("echo other"), collectingUpTo: 100)
    #expect(other.standardOutput == Array("other\n".utf8))
    #expect(try await client.list(includingFinished: false).count == 1)
    var count = 0
    for try await event in slow {
      if case .output(let piece) = event { count += piece.bytes.count }
    }
    #expect(count == 4_000_000)
  }

  @Test("Output may be discarded, or go to a descriptor")
  func destinations() async throws {
    let pipe = try PipeEnds()
    var job = shell("echo out; echo error >&2")
    job.standardOutput = .fileDescriptor(pipe.writer)
    job.standardError = .discarded
    let collected = try await client.run(job, collectingUpTo: 0)
    try pipe.writer.close()
    #expect(collected.result.terminationStatus == .exited(0))
    let reader = PipeReader(pipe.reader)
    #expect(await waiting { reader.all() } == Array("out\n".utf8))
  }

  private func shell(_ script: String) -> JobConfiguration {
    JobConfiguration(.name("sh"), arguments: ["-c", script])
  }

  /// The cause for which the only job of that name ended, once it has.
  private func cause(of name: String) async throws -> Cause? {
    let jobs = try await client.list()
    let id = try #require(jobs.first { $0.context.name == name }?.id)
    var last: Job?
    for try await jobs in client.changes(of: id) { last = jobs.first }
    return last?.runtime.result?.cause
  }
}
