import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing
import Varlink

@Suite("Commands of any length are run, and cost next to nothing once they are", .needsCgroups)
struct LongCommandTests {
  /// The longest that the kernel takes. execve(2), MAX_ARG_STRLEN
  private static let longest = 131_071

  @Test("A long command is executed whole, and described by its beginning")
  func whole() throws {
    try withDaemon { daemon in
      let argument = String(repeating: "é", count: Self.longest / 2)
      let job = try daemon.shell("echo ${#1}", arguments: [argument]) { $0.context.name = argument }
      let finished = try job.finished()
      #expect(job.text == "\(Self.longest / 2 * 2)\n" || job.text == "\(Self.longest / 2)\n")
      for context in [finished.context, try #require(try daemon.list().first).context] {
        #expect(context.isTruncated)
        #expect(context.command.count == 5)
        #expect(context.command[2] == "echo ${#1}")
        #expect(context.command.reduce(0) { $0 + $1.bytes.count } <= 4_096)
        #expect(argument.hasPrefix(try #require(context.command[4].text)))
        #expect(context.name.map { argument.hasPrefix($0) && $0.utf8.count == 4_096 } == true)
      }
      // What describes a job that was cut is nothing to be run.
      let reply = try daemon.call("io.jobd.Run", RunParameters(context: finished.context).wire)
      #expect(reply.error?.name == "io.jobd.BadValue")
      #expect(reply.error?.parameters["parameter"] == .string("context.truncated"))
    }
  }

  @Test("Commands of megabytes, which the kernel refuses, are not kept")
  func memory() throws {
    try withDaemon { daemon in
      let huge = OSString(text: String(repeating: "x", count: 4_000_000))
      func refused() throws {
        let parameters = RunParameters(context: JobContext(command: ["true", huge]))
        let failure = try daemon.run(parameters).result().startFailure
        #expect(failure?.errnoName == "E2BIG")
      }
      try refused()
      let before = try ProcessFiles(daemon.pid).status("RssAnon")
      for _ in 0..<15 { try refused() }
      let after = try ProcessFiles(daemon.pid).status("RssAnon")
      // KiB. One of them or two may still lie about as free memory; kept, they are 60,000.
      #expect(after - before < 16_000, "\(before) KiB before, \(after) after")
    }
  }

  @Test("A command is looked for in many directories; in more it is refused")
  func searchPath() throws {
    try withDaemon { daemon in
      func parameters(_ directories: Int, _ command: String) -> RunParameters {
        var context = JobContext(command: [OSString(text: command)])
        let path = "PATH=" + String(repeating: ":", count: directories - 1)
        context.environment = [OSString(text: path)]
        return RunParameters(context: context)
      }
      let name = String(repeating: "x", count: 255)
      #expect(try daemon.run(parameters(500, name)).result().startFailure?.errnoName == "ENOENT")
      let long = String(repeating: "x", count: 1_000_000)
      #expect(
        try daemon.run(parameters(4096, long)).result().startFailure?.errnoName == "ENAMETOOLONG")
      let reply = try daemon.call("io.jobd.Run", parameters(1_000_000, long).wire)
      #expect(reply.error?.name == "io.jobd.BadValue")
      #expect(reply.error?.parameters["parameter"] == .string("context.environment"))
    }
  }

  @Test("A list of jobs with long commands comes in short replies")
  func list() throws {
    try withDaemon { daemon in
      let command = ["/bin/sh", "-c", "read line", "sh"]
      // A character that JSON escapes by six: the longest that it can be.
      let arguments = [String(repeating: "\u{1}", count: 8_000)]
      let jobs = try (0..<100).map { _ in
        try daemon.run(command + arguments) {
          $0.context.stop = StopContext(signal: "none", closeStandardInput: true)
        }
      }
      for job in jobs { try job.started() }

      let observer = try daemon.connect()
      try observer.send(Call("io.jobd.List", mode: .more))
      var listed: [Job] = []
      var isComplete = false
      while !isComplete {
        let reply = try observer.next()
        #expect(reply.encoded().count < 1 << 20)
        let list = try ListReply(reply.parameters)
        listed += list.jobs
        isComplete = list.isComplete
      }
      #expect(listed.map(\.id) == Array(1...jobs.count))
      #expect(listed.allSatisfy { $0.context.isTruncated })

      let single = try daemon.call("io.jobd.List")
      #expect(single.encoded().count < 12 << 20)
      #expect(try ListReply(single.parameters).jobs.count == jobs.count)
      for job in jobs { job.client.close() }
    }
  }

  @Test("A list that is too long for one reply says so where one was asked for")
  func expectedMore() throws {
    var options = TestDaemon.Options()
    options.arguments = ["--running-max", "1"]
    try withDaemon(options) { daemon in
      let name = String(repeating: "n", count: 4_000)
      let jobs = try (0..<420).map { _ in
        try daemon.run(["sleep", "infinity"]) { $0.context.name = name }
      }
      for job in jobs { try job.queued() }
      #expect(
        try daemon.call("io.jobd.List").error?.name == "org.varlink.service.ExpectedMore")
      #expect(try daemon.list(420).map(\.id) == [420])
      #expect(try jobctlList(daemon).count == jobs.count + 1)
      for job in jobs { job.client.close() }
    }
  }

  /// The lines of the table, its heading included.
  private func jobctlList(_ daemon: TestDaemon) throws -> [Substring] {
    let path = daemon.directory.path("table")
    let table = try FileDescriptor.open(
      FilePath(path), .writeOnly, options: [.create, .closeOnExec], permissions: .ownerReadWrite)
    defer { try? table.close() }
    var jobctl = TestProcess.Specification([TestDaemon.program("jobctl"), "list"])
    jobctl.environment.append("JOBD_SOCKET=\(daemon.socketPath)")
    jobctl.output = table
    #expect(try TestProcess(jobctl).waitForExit().status == .exited(code: 0))
    return try contents(of: path).split(separator: "\n")
  }
}
