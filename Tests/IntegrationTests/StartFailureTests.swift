import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing
import Varlink

@Suite("A command that can't be started is told with the step and the errno", .needsCgroups)
struct StartFailureTests {
  /// How a job failed, which was never told as started.
  private func failure(of job: TestJob) throws -> StartFailure {
    let result = try job.result()
    #expect(result.cause == .failedToStart)
    #expect(result.exitStatus == nil && result.exitSignal == nil)
    #expect(!result.killed)
    #expect(job.replies.count == 2, "queued and finished, not started")
    #expect(job.output.isEmpty)
    let failure = try #require(result.startFailure)
    #expect(failure.message.count > 10)
    return failure
  }

  private func expect(
    _ failure: StartFailure, _ step: StartStep, _ errnoName: String, _ path: String?
  ) {
    #expect(failure.step == step)
    #expect(failure.errnoName == errnoName)
    #expect(failure.path == path)
  }

  @Test("Case 36: A command that isn't there: ENOENT, and what was looked for where")
  func notFound() throws {
    try withDaemon { daemon in
      expect(try failure(of: daemon.run(["/no/such"])), .executable, "ENOENT", "/no/such")
      let searched = try failure(
        of: daemon.run(["no-such-command"]) { $0.context.environment = ["PATH=/usr/bin:/odd"] })
      expect(searched, .executable, "ENOENT", "no-such-command")
      #expect(searched.errno == 2)
      #expect(searched.message.contains("/usr/bin:/odd"))
      expect(
        try failure(of: daemon.run(["/etc/passwd/x"])), .executable, "ENOTDIR", "/etc/passwd/x")
    }
  }

  @Test("Case 36: A file that may not be executed, or is a directory: EACCES")
  func notExecutable() throws {
    try withDaemon { daemon in
      let scratch = try ScratchDirectory()
      let path = try scratch.file("tool", "#!/bin/sh\n", permissions: .ownerReadWrite)
      expect(try failure(of: daemon.run([path])), .executable, "EACCES", path)
      expect(try failure(of: daemon.run(["/tmp"])), .executable, "EACCES", "/tmp")
      // That it is there, somewhere, says more than that it isn't elsewhere.
      let searched = try failure(
        of: daemon.run(["tool"]) {
          $0.context.environment = [OSString(text: "PATH=/bin:\(scratch.path):/no")]
        })
      expect(searched, .executable, "EACCES", path)
    }
  }

  @Test("Case 36: A file that is no program: ENOEXEC; it isn't given to a shell")
  func noProgram() throws {
    try withDaemon { daemon in
      let scratch = try ScratchDirectory()
      let text = try scratch.file("text", "echo hello\n")
      expect(try failure(of: daemon.run([text])), .executable, "ENOEXEC", text)
      let empty = try scratch.file("empty", "")
      expect(try failure(of: daemon.run([empty])), .executable, "ENOEXEC", empty)
    }
  }

  @Test("Case 36: A script whose interpreter isn't there names that")
  func noInterpreter() throws {
    try withDaemon { daemon in
      let scratch = try ScratchDirectory()
      let script = try scratch.file("script", "#!/no/such/interpreter -x\n")
      let failure = try failure(of: daemon.run([script]))
      expect(failure, .interpreter, "ENOENT", "/no/such/interpreter")
      #expect(failure.message.contains(script))
      let windows = try scratch.file("windows", "#!/bin/sh\r\nexit\r\n")
      expect(
        try self.failure(of: daemon.run([windows])), .interpreter, "ENOENT", "/bin/sh\r")
    }
  }

  @Test("Case 36: A directory to run in that isn't there, is none, or goes round in a circle")
  func directory() throws {
    try withDaemon { daemon in
      let scratch = try ScratchDirectory()
      _ = try output(of: ["ln", "-s", "circle", scratch.path("circle")])
      for (path, errno) in [
        ("/no/such", "ENOENT"), ("/etc/passwd", "ENOTDIR"), (scratch.path("circle"), "ELOOP"),
        ("/" + String(repeating: "x", count: 300), "ENAMETOOLONG"),
      ] {
        let job = try daemon.run(["true"]) {
          $0.context.workingDirectory = OSString(text: path)
        }
        expect(try failure(of: job), .workingDirectory, errno, path)
      }
    }
  }

  @Test("Without 'more' the failure is the one reply")
  func plain() throws {
    try withDaemon { daemon in
      let context = JobContext(command: ["/no/such"])
      let reply = try daemon.call("io.jobd.Run", RunParameters(context: context).wire)
      guard case .finished(let job)? = try RunReply(reply.parameters) else {
        throw TestFailure("the only reply is not finished: \(reply)")
      }
      #expect(job.runtime.result?.cause == .failedToStart)
      #expect(job.runtime.startedTimestamp == nil)
      #expect(job.runtime.mainPid == nil)
      #expect(try daemon.list(job.id) == [job])
    }
  }

  @Test("Case 36: Hundreds of failures leave no control group, pidfd, pipe or zombie")
  func hundreds() throws {
    try withDaemon { daemon in
      let client = try daemon.connect()
      for round in 0..<400 {
        let job = try daemon.run(
          RunParameters(
            context: JobContext(
              command: [["/no/such", "/etc/passwd", "/tmp", "true"][round % 4]],
              workingDirectory: round % 4 == 3 ? "/no/such" : nil)),
          on: client)
        #expect(try job.result().cause == .failedToStart)
      }
      // That nothing is left is seen to when the daemon is let go of.
    }
  }

  @Test(
    "Case 36: A limit of control groups is told as that, and the next job runs once there is room")
  func controlGroupLimit() throws {
    try withDaemon { daemon in
      let limit = "\(daemon.jobsDirectory)/cgroup.max.descendants"
      try write("0", to: limit)
      let failure = try failure(of: daemon.shell("echo never"))
      #expect(failure.step == .controlGroup)
      #expect(failure.errnoName == "EAGAIN")
      #expect(failure.message.hasPrefix("cannot make a control group"))
      try write("max", to: limit)
      #expect(try daemon.shell("exit 3").result().exitStatus == 3)
    }
  }

  @Test("Case 36: A job that fails to start gives its slot to the next in the queue")
  func slot() throws {
    var options = TestDaemon.Options()
    options.arguments = ["--running-max", "1"]
    try withDaemon(options) { daemon in
      let jobs = try (0..<20).map { try daemon.run([$0 % 2 == 0 ? "/no/such" : "true"]) }
      for (number, job) in jobs.enumerated() {
        #expect(try job.result().cause == (number % 2 == 0 ? .failedToStart : .exited))
      }
    }
  }
}
