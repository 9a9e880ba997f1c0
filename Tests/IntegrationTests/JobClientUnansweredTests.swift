import JobClient
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite("JobClient where jobd doesn't answer", .timeLimit(.minutes(15)))
struct JobClientUnansweredTests {
  @Test("A task that waits for a place in the queue can be cancelled")
  func cancelledInQueue() async throws {
    let jobd = try MadeUpJobd(queue: 0)
    let other = try UnixSocket.connect(to: .path(FilePath(jobd.socket)), waiting: false)
    let client = try JobClient(socket: jobd.socket)
    let task = Task { try await client.list() }
    task.cancel()
    await #expect(throws: JobClientError.cancelled) { try await task.value }
    other.end()
  }

  @Test("Who waits for a place in the queue gets it when there is one")
  func place() async throws {
    let jobd = try MadeUpJobd(queue: 0)
    let other = try UnixSocket.connect(to: .path(FilePath(jobd.socket)), waiting: false)
    let client = try JobClient(socket: jobd.socket)
    let task = Task { try await client.list() }
    let first = try jobd.accept()
    try await readable(jobd.descriptor)
    let line = try jobd.accept()
    try await readable(line.descriptor)
    #expect(try line.nextCall()?.method == "io.jobd.List")
    task.cancel()
    await #expect(throws: JobClientError.cancelled) { try await task.value }
    other.end()
    #expect(try first.nextCall() == nil)
  }

  @Test("A task that waits for room in the socket can be cancelled")
  func cancelledInCall() async throws {
    let jobd = try MadeUpJobd()
    let task = try await callWithoutRoom(to: jobd)
    let line = try jobd.accept()
    try await readable(line.descriptor)
    task.cancel()
    await #expect(throws: JobClientError.cancelled) { try await task.value }
    #expect(throws: TestFailure.self) { try line.nextCall() }
  }

  @Test("A jobd that goes away in mid-call was there: the client is disconnected")
  func goneInCall() async throws {
    let jobd = try MadeUpJobd()
    let task = try await callWithoutRoom(to: jobd)
    do {
      let line = try jobd.accept()
      try await readable(line.descriptor)
    }
    await #expect(throws: JobClientError.disconnected) { try await task.value }
  }

  /// A call of which more is left than a socket has room for.
  private func callWithoutRoom(to jobd: MadeUpJobd) async throws -> Task<Void, any Error> {
    let client = try JobClient(socket: jobd.socket)
    let long = [String](repeating: String(repeating: "x", count: 100_000), count: 10)
    let job = JobConfiguration(.name("true"), arguments: Arguments(long))
    let task = Task { _ = try await client.run(job) }
    try await readable(jobd.descriptor)
    return task
  }

  private func readable(_ descriptor: FileDescriptor) async throws {
    try await waiting { Result { try waitToRead(descriptor, "the client") } }.get()
  }
}
