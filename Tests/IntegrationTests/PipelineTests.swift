import JobProtocol
import LinuxSystem
import TestSupport
import Testing
import Varlink

@Suite(
  "What is sent behind a running job is neither lost nor hides the end of the line", .needsCgroups)
struct PipelineTests {
  private static let sleeper = Call(
    "io.jobd.Run",
    RunParameters(context: JobContext(command: ["sleep", "infinity"].map(OSString.init(text:))))
      .wire,
    mode: .more)
  private static let describe = Call("io.jobd.Describe")

  @Test("A call behind a job is answered when the job has finished")
  func answered() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("read line; echo $line") {
        $0.standardInput = .data(Array("x\n".utf8))
      }
      try job.client.send(Self.describe)
      let end = try readToFinal(job.client)
      #expect(try RunReply(end.parameters).map(isFinished) == true)
      #expect(try ServiceDescription(try job.client.next().parameters).running == 0)
    }
  }

  @Test("A half-close behind a pipelined call cancels the job, and both are answered")
  func halfClosed() throws {
    try withDaemon { daemon in
      let client = try daemon.connect()
      try client.send(bytes: Self.sleeper.encoded() + Self.describe.encoded())
      _ = try client.next()
      try client.halfClose()
      let end = try readToFinal(client)
      #expect(finished(end)?.runtime.cause == .disconnected)
      #expect(try ServiceDescription(try client.next().parameters).running == 0)
      #expect(try client.nextOrEnd() == nil)
    }
  }

  @Test("A close behind a pipelined call cancels the job")
  func closed() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("exec sleep infinity")
      let id = try job.started().id
      try job.client.send(Self.describe)
      job.client.close()
      try job.witness?.waitUntilGone()
      #expect(try daemon.waitForEnd(of: id).runtime.cause == .disconnected)
    }
  }

  @Test("Much behind a job, and more than the socket holds, hides nothing")
  func muchIsPipelined() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("exec sleep infinity")
      let id = try job.started().id
      try job.client.fill(with: Call("io.jobd.List", ["id": .int(1)]).encoded())
      let client = try job.client.handOver()
      try client.send(.kill)
      try job.witness?.waitUntilGone()
      #expect(try daemon.waitForEnd(of: id).runtime.cause == .disconnected)
    }
  }

  @Test("A job behind a job has the line's end, too, when the line is half-closed")
  func secondJobHalfClosed() throws {
    try withDaemon { daemon in
      let client = try daemon.connect()
      try client.send(bytes: Self.sleeper.encoded() + Self.sleeper.encoded())
      _ = try client.next()
      try client.halfClose()
      #expect(finished(try readToFinal(client))?.runtime.cause == .disconnected)
      #expect(finished(try readToFinal(client))?.runtime.cause == .disconnected)
      #expect(try client.nextOrEnd() == nil)
    }
  }

  @Test("A job behind a job has the line's end, too, when the line is closed")
  func secondJobClosed() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("exec sleep infinity")
      try job.started()
      try job.client.send(Self.sleeper)
      job.client.close()
      try job.witness?.waitUntilGone()
      try daemon.waitUntilIdle()
      #expect(try daemon.list().allSatisfy { $0.runtime.cause == .disconnected })
    }
  }

  @Test("Replies come in the order of the calls, whatever they take")
  func order() throws {
    try withDaemon { daemon in
      let client = try daemon.connect()
      var bytes: [UInt8] = []
      for _ in 0..<20 {
        bytes += Call(
          "io.jobd.Run",
          RunParameters(context: JobContext(command: [OSString(text: "true")])).wire
        ).encoded()
        bytes += Self.describe.encoded()
      }
      try client.send(bytes: bytes)
      for number in 1...20 {
        let end = try client.next()
        #expect(finished(end)?.id == number)
        #expect(try client.next().parameters["pid"] == .int(Int64(daemon.pid)))
      }
    }
  }

  private func readToFinal(_ client: TestClient) throws -> Reply {
    while true {
      let reply = try client.next()
      if !reply.continues { return reply }
    }
  }

  private func isFinished(_ reply: RunReply) -> Bool {
    if case .finished = reply { true } else { false }
  }

  private func finished(_ reply: Reply) -> Job? {
    guard case .finished(let job)? = try? RunReply(reply.parameters) else { return nil }
    return job
  }
}
