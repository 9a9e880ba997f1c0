import Glibc
import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite(
  "What it takes for ever to close holds up no job but the one that it was passed for",
  .needsCgroups, .enabled(if: Trap.fileSystem.isAvailable, "needs FUSE"), .timeLimit(.minutes(15)))
struct SlowCloseTests {
  @Test("A file of a file system that doesn't answer")
  func file() throws {
    try withDaemon { daemon in
      let client = try daemon.connect()
      for _ in 1...6 { #expect(try client.run(["/bin/true"]).result().exitStatus == 0) }
      let other = try SlowFlush(socket: daemon.socketPath, ["/bin/true"])
      // Its job is being started, and can't have closed the copy that isn't its standard output.
      try other.isClosing()
      for _ in 1...6 {
        #expect(try client.run(["/bin/true"]).result().exitStatus == 0)
        #expect(try daemon.shell("exit 3").result().exitStatus == 3)
      }
      client.close()
      try other.end()
      try daemon.waitUntilIdle()
    }
  }

  @Test("The same for a job that waits, and is canceled")
  func canceled() throws {
    var options = TestDaemon.Options()
    options.arguments = ["--running-max", "1"]
    try withDaemon(options) { daemon in
      let first = try daemon.run(["/bin/sleep", "1000"])
      let id = try first.started().id
      let other = try SlowFlush(socket: daemon.socketPath, ["/bin/true"])
      try waitUntil("it waits") { try daemon.describe().queued == 1 }
      _ = try daemon.cancel(id + 1)
      try other.isClosing()
      _ = try daemon.cancel(id, gracePeriodUSec: 0)
      #expect(try first.result().cause == .requested)
      #expect(try daemon.shell("exit 3").result().exitStatus == 3)
      try other.end()
    }
  }
}

/// A client whose job writes to a file that it takes for ever to close.
private final class SlowFlush {
  private let directory: ScratchDirectory
  private let client: TestProcess
  private let says: OwnedDescriptor

  init(socket: String, _ command: [String]) throws {
    directory = try ScratchDirectory()
    let pipe = try LinuxSystem.Pipe()
    var specification = TestProcess.Specification(
      ["python3", Python.script("slow_flush.py"), directory.path, socket] + command)
    specification.output = pipe.writer.raw
    client = try TestProcess(specification)
    says = pipe.takeReader()
    guard try readLine(says.raw) == "mounted" else { throw TestFailure("no FUSE file system") }
  }

  deinit { try? end() }

  /// Returns when somebody waits for a copy to be closed.
  func isClosing() throws {
    guard try readLine(says.raw) == "closing" else { throw TestFailure("nothing is closed") }
  }

  /// Whoever waits for it goes on.
  func end() throws {
    try? client.send(.kill)
    _ = try? client.waitForExit()
    _ = unsafe umount2(directory.path, Int32(MNT_DETACH))
  }
}
