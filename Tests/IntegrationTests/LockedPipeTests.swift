import JobProtocol
import LinuxSystem
import TestSupport
import Testing

@Suite(
  "A job that locks the pipe of its output for ever holds up nobody else", .needsCgroups,
  .enabled(if: Trap.fileSystem.isAvailable, "needs FUSE"), .timeLimit(.minutes(15)))
struct LockedPipeTests {
  /// Stops jobd, says this, and sends the file behind it, which locks the pipe as long as the file is read.
  private func sending(_ text: String, _ file: SlowFile) -> [String] {
    let program = """
      import os, signal, sys
      os.kill(os.getppid(), signal.SIGSTOP)
      os.write(1, sys.argv[1].encode())
      os.sendfile(1, os.open(sys.argv[2], os.O_RDONLY), 0, 65536)
      """
    return ["python3", "-c", program, text, file.path]
  }

  @Test("What it said before is read later, and lines of others are held")
  func reading() throws {
    try withDaemon { daemon in
      let file = try SlowFile("slow_read.py")
      let other = try daemon.shell("exec sleep infinity")
      try other.started()
      let job = try daemon.run(sending("hello\n", file))
      // It finds the pipe locked, and something in it.
      try file.says("reading")
      try daemon.send(.continue)
      #expect(try daemon.shell("echo fine; exit 3").result().exitStatus == 3)
      other.client.close()
      try other.witness?.waitUntilGone()
      file.end()
      try job.finished()
      #expect(job.text.hasPrefix("hello\n"))
    }
  }

  @Test("However many do")
  func many() throws {
    try withDaemon { daemon in
      let jobs = try (0..<80).map { _ in try daemon.run(["sleep", "infinity"]) }
      let processes = try jobs.map { String(try #require($0.started().runtime.mainPid)) }
      // So that it finds all of them at one time.
      try daemon.suspend()
      let file = try SlowFile("locked_pipes.py", processes)
      for line in ["reading", "locked"] { try file.says(line) }
      try daemon.send(.continue)
      #expect(try daemon.shell("echo fine; exit 3").result().exitStatus == 3)
      file.end()
      for job in jobs { try job.client.halfClose() }
      for job in jobs { #expect(try job.result().cause == .disconnected) }
    }
  }

  @Test("Nor does one that locks the pipe that is closed to ask it")
  func keepalive() throws {
    try withDaemon { daemon in
      let file = try SlowFile("slow_read.py")
      let program = """
        import os, sys
        writer = os.open("/proc/self/fd/0", os.O_WRONLY)
        os.sendfile(writer, os.open(sys.argv[1], os.O_RDONLY), 0, 65536)
        """
      let job = try daemon.run(
        ["python3", "-c", program, file.path], stop: StopContext(closeStandardInput: true))
      try file.says("reading")
      try job.client.halfClose()
      #expect(try daemon.shell("exit 3").result().exitStatus == 3)
      file.end()
      #expect(try job.result().cause == .disconnected)
    }
  }

  @Test("Nor does another process that locks it hold up the end of a job, or that of jobd")
  func outsider() throws {
    try withDaemon { daemon in
      let jobs = try (0..<2).map { _ in try daemon.shell("echo hello; exec sleep infinity") }
      for job in jobs { try job.says("hello\n") }
      let processes = try jobs.map { String(try #require($0.started().runtime.mainPid)) }
      let file = try SlowFile("locked_pipes.py", processes)
      for line in ["reading", "locked"] { try file.says(line) }
      try jobs[0].client.halfClose()
      #expect(try jobs[0].result().cause == .disconnected)
      #expect(daemon.log.contains("is locked by somebody else"))
      try daemon.send(.terminate)
      #expect(try jobs[1].result().cause == .shutdown)
      try waitUntil("jobd has stopped") { daemon.log.contains("stopped") }
      // Its last thread waits in the kernel.
      file.end()
      try daemon.waitForStop()
    }
  }

  @Test("Nor the end of the others where jobd is killed, whose last thread waits to close it")
  func killed() throws {
    let jobd = try JobdProcess(TestDaemon.Options())
    try jobd.waitUntilReady()
    let other = try TestClient(jobd.socketPath).run(["/bin/sleep", "infinity"])
    try other.started()
    let file = try SlowFile("slow_read.py")
    let job = try TestClient(jobd.socketPath).run(sending("", file))
    try file.says("reading")
    // Nothing is read, as nothing is in the pipe.
    try jobd.process.send(.kill)
    try other.witness?.waitUntilGone()
    #expect(jobd.process.isRunning)
    file.end()
    try job.witness?.waitUntilGone()
    #expect(try jobd.process.waitForExit().status == .signaled(.kill, coreDumped: false))
  }

  @Test("One that is stuck that way is told so")
  func stuck() throws {
    try withDaemon { daemon in
      let file = try SlowFile("slow_read.py")
      let job = try daemon.run(sending("", file), stop: StopContext(gracePeriodUSec: 0))
      try file.says("reading")
      try daemon.send(.continue)
      try job.client.halfClose()
      #expect(try job.result().cause == .stuck)
      #expect(try daemon.shell("exit 3").result().exitStatus == 3)
      file.end()
      try waitUntil("nothing is left to be removed") { try daemon.describe().removing == 0 }
    }
  }
}
