import JobClient
import Testing

@Suite("JobClient: the jobs of others", .timeLimit(.minutes(15)))
struct JobClientObserverTests {
  private let harness: JobctlHarness
  private let client: JobClient

  init() throws {
    harness = try JobctlHarness()
    client = try JobClient(socket: harness.socket)
  }

  @Test("A job is cancelled by its number, and its end returned")
  func cancel() async throws {
    let running = try await client.run(JobConfiguration(.name("sleep"), arguments: ["60"]))
    var events = running.makeAsyncIterator()
    guard case .queued(let queued)? = try await events.next() else { throw Unexpected() }
    let job = try await client.cancel(queued.id, signal: .interrupt, reason: "test")
    #expect(job.runtime.result?.cause == .requested)
    #expect(job.runtime.result?.requestedBy?.reason == "test")
    #expect(try await client.job(queued.id) == job)
    var last: RunReply?
    while let event = try await events.next() { last = event }
    #expect(last == .finished(job))
  }

  @Test("A grace period of nothing kills")
  func kill() async throws {
    let running = try await client.run(JobConfiguration(.name("sleep"), arguments: ["60"]))
    var events = running.makeAsyncIterator()
    while let event = try await events.next() {
      guard case .started(let job) = event else { continue }
      let ended = try await client.cancel(job.id, gracePeriod: .zero)
      #expect(ended.runtime.result?.terminationStatus == .signaled(.kill))
    }
  }

  @Test("A job that isn't there is an error that says so")
  func noSuchJob() async throws {
    await #expect(throws: JobClientError.refused(.noSuchJob(id: 999))) {
      try await client.job(999)
    }
    await #expect(throws: JobClientError.refused(.noSuchJob(id: 999))) {
      try await client.cancel(999)
    }
    await #expect(throws: JobClientError.refused(.noSuchJob(id: 999))) {
      for try await _ in client.changes(of: 999) {}
    }
  }

  @Test("Changes of all jobs are told until the loop is left")
  func changes() async throws {
    var changes = client.changes().makeAsyncIterator()
    #expect(try await changes.next() == [])
    _ = try await client.run(JobConfiguration(.name("true")), collectingUpTo: 0)
    while let jobs = try await changes.next() {
      if jobs.contains(where: { $0.runtime.state == .finished }) { break }
    }
  }

  @Test("A task that watches can be cancelled")
  func cancelledWatch() async throws {
    let client = client
    let (begun, continuation) = AsyncStream.makeStream(of: Void.self)
    let task = Task {
      for try await _ in client.changes() { continuation.finish() }
    }
    for await _ in begun {}
    task.cancel()
    await #expect(throws: JobClientError.cancelled) { try await task.value }
  }

  @Test("The service describes itself")
  func describe() async throws {
    let service = try await client.describe()
    #expect(service.version == Version.current)
    #expect(service.running == 0)
  }

  @Test("No jobd, and a jobd that dies, are errors of their own")
  func unreachable() async throws {
    let nobody = try JobClient(socket: harness.directory + "/nobody")
    await #expect {
      try await nobody.list()
    } throws: { error in
      guard case .unreachable(_, let system) = error as? JobClientError else { return false }
      return system.errno == .noSuchFileOrDirectory
    }

    let running = try await client.run(JobConfiguration(.name("sleep"), arguments: ["60"]))
    await #expect(throws: JobClientError.disconnected) {
      for try await event in running {
        if case .started = event { harness.killDaemon() }
      }
    }
  }

  @Test("What no message could carry is refused before it is sent")
  func badValue() async throws {
    let job = JobConfiguration(.name("echo"), arguments: ["a\0b"])
    await #expect {
      try await client.run(job)
    } throws: { error in
      guard case .refused(.badValue(let value)) = error as? JobClientError else { return false }
      return value.parameter == "context.command"
    }
  }

  private struct Unexpected: Error {}
}
