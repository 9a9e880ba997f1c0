import JobProtocol
import LinuxSystem
import TestSupport
import Testing

@Suite("A jobd that is stopped by SIGSTOP forgets nothing", .needsCgroups)
struct SuspensionTests {
  @Test("Lines that end meanwhile are heard of once it goes on, and others are as they were")
  func linesEnd() throws {
    try withDaemon { daemon in
      let jobs = try (0..<8).map { _ in try daemon.shell("sleep infinity & echo ready; wait") }
      for job in jobs { try job.says("ready\n") }
      try daemon.suspend()
      for job in jobs[0..<3] { job.client.close() }
      for job in jobs[3..<6] { try job.client.halfClose() }
      // Came and went, and is heard of by nobody.
      let early = try daemon.shell("sleep infinity")
      early.client.close()
      let late = try daemon.shell("exit 5")

      try daemon.send(.continue)
      for job in jobs[0..<3] { try job.witness?.waitUntilGone() }
      for job in jobs[3..<6] { #expect(try job.result().cause == .disconnected) }
      #expect(try late.result().exitStatus == 5)
      try early.witness?.waitUntilGone()
      for job in jobs[6...] {
        #expect(try job.witness?.isGone == false)
        try job.client.halfClose()
        #expect(try job.result().cause == .disconnected)
      }
    }
  }

  @Test("Its guardian waits as well, and ends all jobs when it is killed instead of going on")
  func killed() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("setsid sleep infinity & \(deaf)")
      try job.says("ready\n")
      try daemon.suspend()
      let guardian = try daemon.guardianPidfd()
      #expect(try !isReadable(guardian.descriptor.raw))
      #expect(try job.witness?.isGone == false)
      try daemon.kill()
      #expect(try job.witness?.isGone == true)
    }
  }
}
