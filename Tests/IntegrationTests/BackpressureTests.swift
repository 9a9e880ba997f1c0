import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite("Case 7: A client that stops reading holds up its own job, and nothing else", .needsCgroups)
struct BackpressureTests {
  /// A job that writes numbered lines of a KiB each: so many, or without end.
  private static func talker(lines: Int? = nil) -> [String] {
    ["perl", "-e", #"printf "%01023d\n", $_ for 1..$ARGV[0]"#, "\(lines ?? 1 << 40)"]
  }

  /// More than the pipe, the daemon and both buffers of the socket hold together.
  private static let heldMaxBytes = 4 << 20

  @Test(
    "Case 7: The job is held up, others are not, and when the client reads on no byte is missing")
  func heldUp() throws {
    try withDaemon { daemon in
      let lines = 16_384
      let before = try memory(of: daemon)
      let job = try daemon.run(Self.talker(lines: lines))
      let pid = try #require(try job.started().runtime.mainPid)
      for _ in 0..<20 {
        let other = try daemon.shell("yes | head -c 500000")
        #expect(try other.result().exitStatus == 0)
        #expect(other.output.count == 500_000)
      }
      #expect(try daemon.list(job.started().id).first?.runtime.state == .running)
      #expect(try writtenBytes(by: pid) < Self.heldMaxBytes)
      #expect(try memory(of: daemon) - before < Self.heldMaxBytes)

      #expect(try job.result().exitStatus == 0)
      #expect(job.output.count == lines << 10)
      #expect(job.text.split(separator: "\n").map { Int($0) } == Array(1...lines))
      #expect(try memory(of: daemon) - before < Self.heldMaxBytes)
    }
  }

  @Test("Case 7: The end of the line is noticed while output waits to be read")
  func closed() throws {
    try withDaemon { daemon in
      let job = try daemon.run(Self.talker())
      let started = try job.started()
      try waitUntilHeldUp(started, by: daemon)
      job.client.close()
      try job.witness?.waitUntilGone()
      #expect(try daemon.waitForEnd(of: started.id).runtime.cause == .disconnected)
    }
  }

  @Test("Case 7: A client that is killed while output waits to be read ends its job")
  func killed() throws {
    try withDaemon { daemon in
      let job = try daemon.run(Self.talker())
      let started = try job.started()
      let client = try job.client.handOver()
      try waitUntilHeldUp(started, by: daemon)
      try client.send(.kill)
      try job.witness?.waitUntilGone()
      #expect(try daemon.waitForEnd(of: started.id).runtime.cause == .disconnected)
    }
  }

  @Test("Case 7: A client that half-closes while output waits gets all of it, then the end")
  func halfClosed() throws {
    try withDaemon { daemon in
      let job = try daemon.run(Self.talker())
      try waitUntilHeldUp(try job.started(), by: daemon)
      try job.client.halfClose()
      try job.witness?.waitUntilGone()
      let result = try job.result()
      #expect(result.cause == .disconnected)
      // The last line may have been written in part.
      let numbers = job.text.split(separator: "\n").dropLast().map { Int($0) }
      #expect(numbers == Array(1..<numbers.count + 1))
    }
  }

  @Test("Case 7: A job that ends while its output waits is told when that was read")
  func endsWhileHeldUp() throws {
    try withDaemon { daemon in
      let job = try daemon.run(Self.talker())
      let started = try job.started()
      try waitUntilHeldUp(started, by: daemon)
      try Pidfd.open(Int32(try #require(started.runtime.mainPid))).send(.userDefined1)
      try job.witness?.waitUntilGone()
      #expect(try daemon.list(started.id).first?.runtime.state != .finished)
      let result = try job.result()
      #expect(result.cause == .signaled)
      #expect(result.exitSignal == "SIGUSR1")
    }
  }

  @Test("Case 7: Who cancels a job doesn't wait for its client to read; the client hears the end")
  func canceled() throws {
    try withDaemon { daemon in
      let job = try daemon.run(Self.talker())
      let started = try job.started()
      try waitUntilHeldUp(started, by: daemon)
      let canceled = try daemon.cancel(started.id)
      #expect(canceled.runtime.result?.cause == .requested)
      #expect(try job.finished() == canceled)
    }
  }

  // MARK: what is looked at

  /// In bytes, of what isn't files.
  private func memory(of daemon: TestDaemon) throws -> Int {
    try ProcessFiles(daemon.pid).status("RssAnon") * 1024
  }

  /// What a process has written so far. proc_pid_io(5)
  private func writtenBytes(by pid: Int) throws -> Int {
    let words = try contents(of: "/proc/\(pid)/io").split(whereSeparator: \.isWhitespace)
    return try #require(words.firstIndex(of: "wchar:").flatMap { Int(words[$0 + 1]) })
  }

  /// Waits until a job that writes without end can't go on.
  private func waitUntilHeldUp(_ job: Job, by daemon: TestDaemon) throws {
    let pid = try #require(job.runtime.mainPid)
    let pipe = try FileDescriptor.open(
      FilePath("/proc/\(pid)/fd/1"), .writeOnly, options: [.nonBlocking, .closeOnExec])
    defer { try? pipe.close() }
    try waitUntil("the job is held up") {
      let written = try writtenBytes(by: pid)
      // A daemon that had room for what is in the pipe would have read it in between.
      for _ in 0..<20 where try !isWritable(pipe) { _ = try daemon.describe() }
      return try !isWritable(pipe) && written == writtenBytes(by: pid)
    }
  }
}
