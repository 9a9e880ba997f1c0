import JobProtocol
import LinuxSystem
import TestSupport
import Testing
import Varlink

@Suite(
  "What a connection is closed with unread, and takes for ever to close, holds up nobody",
  .needsCgroups, .timeLimit(.minutes(15)))
struct UnreadTests {
  /// Far less than it takes to close it.
  private static let soon = 20_000_000

  @Test("Behind what is no message")
  func violation() throws {
    try withDaemon { daemon in
      let job = try daemon.run(["sleep", "infinity"])
      try job.started()
      let client = try daemon.connect()
      #expect(try client.call("io.jobd.Describe").error == nil)
      // So that it finds both at one time.
      try daemon.suspend()
      let peer = try client.sendLingering(behind: "?\0")
      try daemon.send(.continue)
      #expect(try client.nextOrEnd() == nil)
      try endsSoon(job)
      withExtendedLifetime(peer) {}
    }
  }

  @Test("On a connection that is one too many")
  func refused() throws {
    var options = TestDaemon.Options()
    options.wrapper = ["/bin/sh", "-c", "ulimit -n 400; exec \"$@\"", "sh"]
    try withDaemon(options) { daemon in
      let job = try daemon.run(["sleep", "infinity"])
      try job.started()
      let clients = try (0..<299).map { _ in try daemon.connect() }
      for client in clients { #expect(try client.call("io.jobd.Describe").error == nil) }
      try daemon.suspend()
      let client = try daemon.connect()
      let peer = try client.sendLingering()
      try daemon.send(.continue)
      #expect(try client.nextOrEnd() == nil)
      try endsSoon(job)
      withExtendedLifetime(peer) {}
    }
  }

  @Test("Sent as urgent, which is read as if it weren't")
  func urgent() throws {
    try withDaemon { daemon in
      let job = try daemon.run(["sleep", "infinity"])
      try job.started()
      let client = try daemon.connect()
      #expect(try client.call("io.jobd.Describe").error == nil)
      let peer = try client.sendLingering(isUrgent: true)
      try client.halfClose()
      #expect(try client.nextOrEnd() == nil)
      try endsSoon(job)
      withExtendedLifetime(peer) {}
    }
  }

  @Test("Sent as urgent behind a call whose line has ended, it keeps no processor busy")
  func urgentBehind() throws {
    try withDaemon { daemon in
      let job = try daemon.shell(deaf)
      try job.says("ready\n")
      let peer = try job.client.sendLingering(isUrgent: true)
      try job.client.halfClose()
      try job.stopping()
      let before = try ProcessFiles(daemon.pid).cpuTicks()
      pass(milliseconds: 1_000)
      #expect(try ProcessFiles(daemon.pid).cpuTicks() - before < 20)
      #expect(try job.result().cause == .disconnected)
      withExtendedLifetime(peer) {}
    }
  }

  private func endsSoon(_ job: TestJob) throws {
    let begun = SystemClock.monotonicUSec()
    try job.client.halfClose()
    #expect(try job.result().cause == .disconnected)
    #expect(SystemClock.monotonicUSec() - begun < Self.soon)
  }
}
