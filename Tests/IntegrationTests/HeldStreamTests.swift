import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite("Who holds a job's streams open doesn't hold up its end", .needsCgroups)
struct HeldStreamTests {
  /// What a main process leaves behind, with one of its streams and no other.
  static let holders = [
    "sleep infinity <&3 >/dev/null 2>&1 &", "sleep infinity </dev/null 2>/dev/null &",
    "sleep infinity </dev/null >/dev/null &",
  ]

  @Test(
    "Case 12: A grandchild that holds a standard stream doesn't hold up the end", arguments: holders
  )
  func grandchild(_ holder: String) throws {
    try withDaemon { daemon in
      let pipe = try LinuxSystem.Pipe()
      let script = "exec 3<&0; \(holder) echo out; echo error >&2; exit 5"
      let job = try daemon.run(
        RunParameters(
          context: JobContext(command: ["/bin/sh", "-c", OSString(text: script)]),
          standardInput: .descriptor(0)),
        descriptors: [pipe.reader.raw])
      let result = try job.result()
      #expect(result.cause == .exited)
      #expect(result.exitStatus == 5)
      #expect(job.text == "out\n")
      #expect(job.errorOutput == Array("error\n".utf8))
    }
  }

  @Test("Case 12: A process outside the job that holds its output doesn't hold up the end")
  func outsider() throws {
    try withDaemon { daemon in
      let job = try daemon.run(answering(["TERM": 5]))
      try job.says("ready\n")
      let held = try output(of: job)
      defer { try? held.close() }
      try held.writeAll("outside\n".utf8)
      try job.says("outside\n")
      try job.client.halfClose()
      #expect(try job.result().exitStatus == 5)
      #expect(job.text == "ready\noutside\nheard TERM\n")
      // poll(2) reports that nobody reads any more, whatever it was asked for.
      try waitToRead(held, "the daemon to close its end")
    }
  }

  @Test("Case 12: A process outside the job that goes on writing doesn't hold up the end")
  func talkativeOutsider() throws {
    try withDaemon { daemon in
      let job = try daemon.run(answering(["TERM": 5]))
      try job.says("ready\n")
      let pid = try #require(try job.started().runtime.mainPid)
      let outsider = try TestProcess([
        "perl", "-e",
        "open OUT, '>', '/proc/\(pid)/fd/1'; syswrite OUT, 'y' x 1_000_000 for 1..100",
      ])
      try job.says("yy")
      try job.client.halfClose()
      #expect(try job.result().exitStatus == 5)
      // Nobody reads what it goes on to write.
      #expect(try outsider.waitForExit().status == .signaled(.pipe, coreDumped: false))
    }
  }

  /// Another descriptor of a job's standard output, which nothing of the job knows.
  private func output(of job: TestJob) throws -> FileDescriptor {
    let pid = try #require(try job.started().runtime.mainPid)
    return try FileDescriptor.open(
      FilePath("/proc/\(pid)/fd/1"), .writeOnly, options: .closeOnExec)
  }
}
