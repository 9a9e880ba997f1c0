import Glibc
import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite("The log", .needsCgroups, .timeLimit(.minutes(15)))
struct LogTests {
  @Test("Where nobody reads it, lines are held all the same, and it says later how much was lost")
  func heldUp() throws {
    let directory = try ScratchDirectory()
    let path = directory.path("log")
    guard unsafe mkfifo(path, 0o600) == 0 else { throw TestFailure("mkfifo failed") }
    // Open at both ends, so that neither is waited for.
    let log = try OwnedDescriptor.open(path, .readWrite)
    var options = TestDaemon.Options()
    options.wrapper = ["sh", "-c", "exec \"$@\" 2>\"$0\"", path]
    try withDaemon(options) { daemon in
      let job = try daemon.shell("exec sleep infinity")
      try job.started()
      func complain() throws {
        let client = try daemon.connect()
        try client.send("no call")
        try client.send(bytes: [0])
        #expect(try client.nextOrEnd() == nil)
      }
      // More than the pipe holds, and than is kept.
      for _ in 0..<5_000 { try complain() }
      job.client.close()
      try job.witness?.waitUntilGone()
      #expect(try daemon.shell("exit 3").result().exitStatus == 3)

      // More than the pipe holds: there is room for one that tells.
      for _ in 0..<2_000 { _ = try readLine(log.raw) }
      try complain()
      var lines = 0
      while try !readLine(log.raw).contains(" messagesLost=") { lines += 1 }
      #expect(lines > 0)
    }
  }
}
