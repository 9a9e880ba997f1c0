import JobProtocol
import LinuxSystem
import TestSupport
import Testing
import Varlink

@Suite("The service manager is told how jobd is", .needsCgroups)
struct ServiceTests {
  @Test("READY is said first, and whoever connects then is served")
  func ready() throws {
    for _ in 0..<5 {
      let jobd = try JobdProcess()
      #expect(try jobd.waitForNotification("READY=1").isEmpty)
      let reply = try TestClient(jobd.socketPath).call("io.jobd.Describe")
      #expect(try ServiceDescription(reply.parameters).pid == Int(jobd.process.pid))
      try jobd.waitForNotification("STATUS=0 running, 0 queued")
      try jobd.process.send(.terminate)
      try jobd.waitForNotification("STOPPING=1")
      #expect(try jobd.process.waitForExit().status == .exited(code: 0))
    }
  }

  @Test("STATUS says how many jobs there are")
  func status() throws {
    var options = TestDaemon.Options()
    options.arguments = ["--running-max", "2"]
    try withDaemon(options) { daemon in
      let jobs = try (0..<5).map { _ in try daemon.shell("exec sleep infinity") }
      try daemon.waitForNotification("STATUS=2 running, 3 queued")
      for job in jobs { job.client.close() }
      try daemon.waitForNotification("STATUS=0 running, 0 queued")
    }
  }

  @Test("STOPPING is said when jobd begins to stop, not when it has")
  func stopping() throws {
    try withDaemon { daemon in
      let job = try daemon.shell(deaf, stop: .grace(seconds: 3600))
      try job.says("ready\n")
      try daemon.send(.terminate)
      try daemon.waitForNotification("STOPPING=1")
      try daemon.waitForNotification("STATUS=Stopping, 1 running, 0 queued")
      #expect(try job.witness?.isGone == false)
      try daemon.send(.terminate)
      #expect(try job.result().cause == .shutdown)
      try daemon.waitForStop()
    }
  }

  /// - Parameter pid: As the shell understands it that becomes jobd.
  private func watched(pid: String) -> TestDaemon.Options {
    var options = TestDaemon.Options()
    options.environment = ["WATCHDOG_USEC=200000"]
    options.wrapper = ["/bin/sh", "-c", "export WATCHDOG_PID=\(pid); exec \"$@\"", "sh"]
    return options
  }

  @Test("The watchdog is fed for as long as the service manager wants that")
  func watchdog() throws {
    try withDaemon(watched(pid: "$$")) { daemon in
      for _ in 0..<5 { try daemon.waitForNotification("WATCHDOG=1") }
      // A job is not the one to be watched.
      let job = try daemon.run(["/usr/bin/env"])
      try job.finished()
      #expect(!job.text.contains("WATCHDOG"))
    }
  }

  @Test("A watchdog that is somebody else's is not fed")
  func othersWatchdog() throws {
    try withDaemon(watched(pid: "1")) { daemon in
      let job = try daemon.shell("exec sleep infinity")
      // Is said a second after something has changed; the watchdog would have been fed by then.
      let said = try daemon.waitForNotification("STATUS=1 running, 0 queued")
      #expect(!said.contains("WATCHDOG=1"))
      job.client.close()
    }
  }
}
