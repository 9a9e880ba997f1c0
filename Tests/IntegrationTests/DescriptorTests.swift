import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing
import Varlink

@Suite("Descriptors may be short: jobs that run can be ended all the same", .needsCgroups)
struct DescriptorTests {
  private static let shortage = "no further connection can be taken"

  @Test("A job that waits holds no descriptor but its client's connection")
  func queued() throws {
    var options = TestDaemon.Options()
    options.arguments = ["--running-max", "1"]
    try withDaemon(options) { daemon in
      let first = try daemon.run(["sleep", "infinity"])
      try first.started()
      let before = try ProcessFiles(daemon.pid).descriptors().count
      let waiting = try (0..<50).map { _ in
        try daemon.run(
          RunParameters(
            context: JobContext(command: ["cat"]), standardInput: .data(Array("x".utf8)))
        )
      }
      for job in waiting { try job.queued() }
      #expect(try ProcessFiles(daemon.pid).descriptors().count == before + waiting.count)
      first.client.close()
      for job in waiting {
        try job.finished()
        #expect(job.text == "x")
      }
    }
  }

  @Test(
    "With no descriptor left for a client, a job's tree is ended and its end told; then others come"
  )
  func reserve() throws {
    try withDaemon(Self.limited(to: 64)) { daemon in
      let job = try runTree(daemon)
      let clients = try connectUntilShort(daemon)
      let waiting = try (0..<20).map { _ in try daemon.connect() }
      for client in waiting { try client.send(Call("io.jobd.Describe")) }

      try job.client.halfClose()
      #expect(try job.result().cause == .disconnected)
      #expect(try clients[0].call("io.jobd.Describe").error == nil)

      for client in clients { client.close() }
      for client in waiting { #expect(try client.next().error == nil) }
      try waitUntil("it is said that there is room") {
        daemon.log.contains("all connections are taken again")
      }
      #expect(daemon.log.split(separator: "\n").count { $0.contains(Self.shortage) } == 1)
      #expect(try daemon.shell("exit 3").result().exitStatus == 3)
    }
  }

  @Test("However few there are, a client's file can be passed")
  func few() throws {
    try withDaemon(Self.limited(to: 70)) { daemon in
      let directory = try ScratchDirectory()
      let output = try OwnedDescriptor.open(directory.path("output"), .writeOnly, options: .create)
      let job = try daemon.run(
        RunParameters(
          context: JobContext(command: ["echo", "x"]),
          standardOutputFileDescriptor: 0),
        descriptors: [output.raw])
      #expect(try job.result().exitStatus == 0)
      #expect(try contents(of: directory.path("output")) == "x\n")
    }
  }

  @Test("A job whose streams can't be made when its turn comes is told as failed, before any start")
  func preparation() throws {
    var options = Self.limited(to: 64)
    options.arguments = ["--running-max", "1"]
    try withDaemon(options) { daemon in
      let first = try daemon.run(["sleep", "infinity"]) {
        $0.standardInput = .descriptor(0)
        $0.standardOutputFileDescriptor = 0
      }
      try first.started()
      let second = try daemon.run(RunParameters(context: JobContext(command: ["true"])))
      try second.queued()
      let clients = try connectUntilShort(daemon)

      try first.client.halfClose()
      let failure = try second.result().startFailure
      #expect(failure?.step == .preparation)
      #expect(failure?.errnoName == "EMFILE")
      #expect(second.replies.count == 2, "queued and finished")
      #expect(try first.result().cause == .disconnected)

      for client in clients { client.close() }
      try waitUntil("there is room again") {
        try daemon.shell("exit 3").result().exitStatus == 3
      }
    }
  }

  @Test("A user has three quarters of the descriptors for connections; further ones are closed")
  func connectionsPerUser() throws {
    try withDaemon(Self.limited(to: 400)) { daemon in
      let clients = try (0..<300).map { _ in try daemon.connect() }
      for client in clients { #expect(try client.call("io.jobd.Describe").error == nil) }
      for _ in 0..<5 { #expect(try daemon.connect().nextOrEnd() == nil) }
      let said = daemon.log.split(separator: "\n").count { $0.contains("as many connections") }
      #expect(said == 1)

      for client in clients { #expect(try client.call("io.jobd.Describe").error == nil) }
      clients[7].close()
      try waitUntil("one more is served") {
        let client = try daemon.connect()
        // Closed while, or before, it calls.
        return (try? client.call("io.jobd.Describe"))?.error == nil
          && (try? client.call("io.jobd.Describe")) != nil
      }
      for client in clients { client.close() }
    }
  }

  @Test("Calls that aren't whole take none of the reserve with what they pass")
  func beginnings() throws {
    try withDaemon(Self.limited(to: 4_096)) { daemon in
      let job = try runTree(daemon)
      let pipe = try LinuxSystem.Pipe()
      let passed = Array(
        repeating: pipe.writer.raw, count: VarlinkLimits.descriptorsPerMessage)
      let clients = try (0..<16).map { _ in try daemon.connect() }
      for client in clients { try client.send(bytes: [UInt8(ascii: "{")], descriptors: passed) }
      try waitUntil("it is said why a connection is closed") {
        daemon.log.contains("with the descriptors of a call that isn't whole too few would be left")
      }
      #expect(try daemon.describe().running == 1)
      // An eighth is the reserve.
      #expect(try ProcessFiles(daemon.pid).descriptors().count <= 4_096 - 512)
      try job.client.halfClose()
      #expect(try job.result().cause == .disconnected)
      for client in clients { client.close() }
    }
  }

  @Test(
    "Descriptors that it takes for ever to close take none of what jobs are killed with",
    .enabled(if: Trap.fileSystem.isAvailable, "needs FUSE"), arguments: ["whole", "begun"])
  func closing(calls: String) throws {
    try withDaemon(Self.limited(to: 4_096)) { daemon in
      let job = try runTree(daemon)
      let clients = try (0..<2).map { _ in try daemon.connect() }
      // From the first call on they may take as long as it takes.
      for client in clients { #expect(try client.call("io.jobd.Describe").error == nil) }
      let file = try SlowFile("slow_pass.py", [daemon.socketPath, calls])
      // As many as are closed at one time. Others keep their numbers.
      for _ in 1...512 { try file.says("closing") }
      try waitUntil("what it passes isn't read any more") {
        daemon.log.split(separator: "\n").last?.contains("too few descriptors are left") == true
      }
      #expect(try ProcessFiles(daemon.pid).descriptors().count <= 4_096 - 128)

      try job.client.halfClose()
      #expect(try job.result().cause == .disconnected)
      let pipe = try LinuxSystem.Pipe()
      try clients[0].send(Call("io.jobd.Describe"), descriptors: [pipe.writer.raw])
      #expect(try clients[1].call("io.jobd.Describe").error == nil)
      #expect(try clients[0].isQuiet())
      file.end()
      #expect(try clients[0].next().error == nil)
      #expect(try daemon.shell("exit 3").result().exitStatus == 3)
    }
  }

  /// A job of which killing the main process leaves another.
  private func runTree(_ daemon: TestDaemon) throws -> TestJob {
    let job = try daemon.shell("setsid sleep infinity & echo ready; exec sleep infinity")
    try job.says("ready\n")
    return job
  }

  /// A limit of open files, soft and hard.
  private static func limited(to openFiles: Int) -> TestDaemon.Options {
    var options = TestDaemon.Options()
    options.wrapper = ["/bin/sh", "-c", "ulimit -n \(openFiles); exec \"$@\"", "sh"]
    return options
  }

  /// Clients that say nothing, until the daemon takes no more.
  private func connectUntilShort(_ daemon: TestDaemon) throws -> [TestClient] {
    var clients: [TestClient] = []
    while !daemon.log.contains(Self.shortage) {
      guard clients.count < 1_000 else { throw TestFailure("connections are taken without end") }
      clients.append(try daemon.connect())
    }
    return clients
  }
}
