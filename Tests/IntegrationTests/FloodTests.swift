import JobProtocol
import LinuxSystem
import TestSupport
import Testing

@Suite("Many jobs at once are each served, and hold up nobody")
struct FloodTests {
  @Test("Case 55: Sixty jobs that are asked for at once all run, and others are served")
  func sixty() throws {
    try withDaemon { daemon in
      let pipe = try LinuxSystem.Pipe()
      // Stopped, it finds all of them waiting when it goes on.
      try daemon.suspend()
      let jobs = try (0..<60).map { _ in
        try daemon.run(.untilInputEnds, descriptors: [pipe.reader.raw])
      }
      try daemon.send(.continue)
      for job in jobs { _ = try job.started() }
      #expect(try daemon.describe().running == 60)

      #expect(try daemon.run(["/bin/true"]).result().exitStatus == 0)
      try jobs[0].client.halfClose()
      #expect(try jobs[0].result().cause == .disconnected)
      #expect(try daemon.describe().running == 59)

      _ = pipe.takeReader()
      for job in jobs.dropFirst() { #expect(try job.result().exitStatus == 9) }
    }
  }
}
