import JobProtocol
import LinuxSystem
import TestSupport
import Testing
import Varlink

@Suite("What jobs there are is told to who asks, and who goes on asking", .needsCgroups)
struct ListTests {
  @Test("All jobs are listed with their states, or those that aren't finished, or one")
  func states() throws {
    var options = TestDaemon.Options()
    options.arguments = ["--running-max", "2"]
    try withDaemon(options) { daemon in
      let finished = try daemon.run(["true"])
      try finished.finished()
      let running = try daemon.run(["sleep", "infinity"])
      try running.started()
      let stopping = try daemon.shell(deaf, stop: .grace(seconds: 3600))
      try stopping.says("ready\n")
      try stopping.client.halfClose()
      try stopping.stopping()
      let queued = try daemon.run(["true"])
      try queued.queued()

      let jobs = try daemon.list()
      #expect(jobs.map(\.id) == [1, 2, 3, 4])
      #expect(jobs.map(\.runtime.state) == [.finished, .running, .stopping, .queued])
      #expect(jobs.map(\.runtime.cause) == [.exited, nil, .disconnected, nil])
      #expect(jobs.map { $0.runtime.startedTimestamp != nil } == [true, true, true, false])
      #expect(jobs.map { $0.runtime.result != nil } == [true, false, false, false])
      for job in jobs { #expect(try daemon.list(job.id) == [job]) }

      let reply = try daemon.call("io.jobd.List", ListParameters(finished: false).wire)
      #expect(try ListReply(reply.parameters).jobs.map(\.id) == [2, 3, 4])
      try daemon.cancel(3, gracePeriodUSec: 0)
      running.client.close()
    }
  }

  @Test("Who follows all jobs sees each change in its order, the result last")
  func followed() throws {
    try withDaemon { daemon in
      let observer = try follow(nil, on: daemon)
      #expect(
        try observer.next().parameters == ["jobs": .array([]), "complete": .bool(true)])
      var results: [Int: Job] = [:]
      for number in 0..<20 {
        let job = try daemon.shell("exit \(number)")
        let finished = try job.finished()
        results[finished.id] = finished
      }
      let seen = try states(seenBy: observer, until: results.count)
      for (id, result) in results {
        // The observer reads after the fact, and may be told of several steps as one.
        let states = try #require(seen[id]).map(\.runtime.state)
        #expect(states == states.sorted { order($0) < order($1) })
        #expect(Set(states).count == states.count)
        #expect(seen[id]?.last == result)
      }
    }
  }

  @Test("Who follows one job sees every step that it waits for, and the last reply is the end")
  func followedOne() throws {
    try withDaemon { daemon in
      let other = try daemon.run(["sleep", "infinity"])
      try other.started()
      let job = try daemon.shell(deaf, stop: StopContext(gracePeriodUSec: 100_000))
      try job.says("ready\n")
      let observer = try follow(try job.started().id, on: daemon)
      #expect(try next(of: observer).runtime.state == .running)
      try job.client.halfClose()
      let stopping = try next(of: observer)
      #expect(stopping.runtime.state == .stopping)
      #expect(stopping.runtime.cause == .disconnected)
      let last = try observer.next()
      #expect(!last.continues)
      #expect(try ListReply(last.parameters).jobs == [try job.finished()])
      // The connection is free for other calls.
      #expect(try observer.call("io.jobd.Describe").error == nil)
      other.client.close()
    }
  }

  @Test("Who follows a job that is finished hears that at once, and no more")
  func followedTooLate() throws {
    try withDaemon { daemon in
      let finished = try daemon.run(["true"]).finished()
      let reply = try follow(finished.id, on: daemon).next()
      #expect(!reply.continues)
      #expect(try ListReply(reply.parameters).jobs == [finished])
    }
  }

  @Test("An observer that doesn't read holds up nobody, and reads the newest of each job")
  func slowObserver() throws {
    try withDaemon { daemon in
      let observer = try follow(nil, on: daemon)
      let count = 300
      for _ in 0..<count { try daemon.run(["true"]).finished() }
      let seen = try states(seenBy: observer, until: count)
      #expect(seen.keys.sorted() == Array(1...count))
    }
  }

  @Test("Case 58: Of finished jobs the newest are listed, and numbers are never used again")
  func history() throws {
    try withDaemon { daemon in
      for number in 1...140 { #expect(try daemon.run(["true"]).finished().id == number) }
      let listed = try daemon.list().map(\.id)
      #expect(listed == Array(13...140))
      #expect(try daemon.call("io.jobd.List", ["id": .int(12)]).error?.name == "io.jobd.NoSuchJob")
    }
  }

  @Test("The service says how many jobs there are, and how many there may be")
  func describe() throws {
    var options = TestDaemon.Options()
    options.arguments = ["--running-max", "1", "--queued-max", "7"]
    try withDaemon(options) { daemon in
      let jobs = try (0..<3).map { _ in try daemon.run(["sleep", "infinity"]) }
      try jobs[0].started()
      for job in jobs { try job.queued() }
      let description = try daemon.describe()
      #expect(description.version == Version.current)
      #expect(description.pid == Int(daemon.pid))
      #expect(description.running == 1)
      #expect(description.queued == 2)
      #expect(description.runningMax == 1)
      #expect(description.queuedMax == 7)
      #expect(description.stuck == 0)
      for job in jobs { job.client.close() }
      try daemon.waitUntilIdle()
    }
  }

  // MARK: following

  private func follow(_ id: Int?, on daemon: TestDaemon) throws -> TestClient {
    let observer = try daemon.connect()
    try observer.send(Call("io.jobd.List", ListParameters(id: id).wire, mode: .more))
    return observer
  }

  /// The only job of the next reply.
  private func next(of observer: TestClient) throws -> Job {
    try #require(try ListReply(try observer.next().parameters).jobs.first)
  }

  /// All that an observer is told of each job, until so many are finished.
  private func states(seenBy observer: TestClient, until finished: Int) throws -> [Int: [Job]] {
    var seen: [Int: [Job]] = [:]
    while seen.values.count(where: { $0.last?.runtime.state == .finished }) < finished {
      let reply = try observer.next()
      #expect(reply.continues)
      for job in try ListReply(reply.parameters).jobs { seen[job.id, default: []].append(job) }
    }
    return seen
  }

  private func order(_ state: JobState) -> Int {
    switch state {
    case .queued: 0
    case .starting: 1
    case .running: 2
    case .stopping: 3
    case .finished: 4
    }
  }
}
