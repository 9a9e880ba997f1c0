import JobProtocol
import TestSupport
import Testing

@Suite("The control group of a client's next job is made beforehand", .needsCgroups)
struct SpareTests {
  /// The one that waits for the next job of a client that has run two.
  private func spare(for client: TestClient, of daemon: TestDaemon) throws -> String {
    for _ in 1...2 { #expect(try client.run(["/bin/true"]).result().exitStatus == 0) }
    try waitUntil("there is one for the next job") { daemon.leaves.count == 1 }
    return "\(daemon.jobsDirectory)/\(daemon.leaves[0])"
  }

  private func controlGroup(of job: TestJob) throws -> String {
    Cgroups.directory(try #require(try job.started().runtime.controlGroup))
  }

  @Test("The job is born in it")
  func used() throws {
    try withDaemon { daemon in
      let client = try daemon.connect()
      let spare = try spare(for: client, of: daemon)
      let job = try client.run(["/bin/sleep", "100"])
      #expect(try controlGroup(of: job) == spare)
      client.close()
    }
  }

  @Test("It goes with the last client that has run more than one job")
  func dropped() throws {
    try withDaemon { daemon in
      let client = try daemon.connect()
      _ = try spare(for: client, of: daemon)
      client.close()
      try waitUntil("it is gone") { daemon.leaves.isEmpty }
    }
  }

  @Test("If a job of somebody else's comes first, each has one of its own all the same")
  func others() throws {
    try withDaemon { daemon in
      let client = try daemon.connect()
      _ = try spare(for: client, of: daemon)
      let jobs = try (1...8).map { _ in try daemon.run(["/bin/sleep", "100"]) }
      let own = try client.run(["/bin/sleep", "100"])
      #expect(Set(try (jobs + [own]).map(controlGroup)).count == 9)
      client.close()
    }
  }

  @Test("If somebody has removed it, the job makes another")
  func removed() throws {
    try withDaemon { daemon in
      let client = try daemon.connect()
      try Cgroups.remove(try spare(for: client, of: daemon))
      #expect(try client.run(["/bin/sh", "-c", "exit 3"]).result().exitStatus == 3)
      client.close()
    }
  }

  @Test("If somebody has frozen it, everybody else is served, and the job ends with its line")
  func frozen() throws {
    try withDaemon { daemon in
      let client = try daemon.connect()
      try write("1", to: "\(try spare(for: client, of: daemon))/cgroup.freeze")
      let job = try client.run(["/bin/true"])
      try job.queued()
      #expect(try daemon.describe().running == 1)
      #expect(try daemon.run(["/bin/true"]).result().exitStatus == 0)
      client.close()
      try job.witness?.waitUntilGone()
    }
  }
}
