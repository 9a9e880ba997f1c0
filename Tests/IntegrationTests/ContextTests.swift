import Glibc
import JobProtocol
import LinuxSystem
import TestSupport
import Testing
import Varlink

@Suite("A job has the arguments, directory and mask that it was given", .needsCgroups)
struct ContextTests {
  /// Not UTF-8, and awkward to everybody who splits or quotes.
  private static let odd: [[UInt8]] = [
    [], [0x20], Array("-e".utf8), Array("a\nb\tc'\"\\$*".utf8), [0xff, 0xfe, 0x0a],
    Array("ä".utf8), [0xc3],
  ]

  @Test("Arguments arrive byte for byte, also empty ones and what isn't UTF-8")
  func arguments() throws {
    try withDaemon { daemon in
      let context = JobContext(
        command: ["perl", "-e", #"print "$_\0" for @ARGV"#, "--"]
          + Self.odd.compactMap(OSString.init(bytes:)))
      let job = try daemon.run(RunParameters(context: context))
      let described = try job.queued()
      #expect(try job.result().exitStatus == 0)
      #expect(job.output == Array(Self.odd.map { $0 + [0] }.joined()))
      // As it is described, it could be run again.
      #expect(described.context.command == context.command)
    }
  }

  @Test("Ten thousand arguments are no burden")
  func manyArguments() throws {
    try withDaemon { daemon in
      let arguments = (0..<10_000).map { OSString(text: "argument \($0)") }
      let job = try daemon.run(
        RunParameters(
          context: JobContext(
            command: ["perl", "-e", #"print "@ARGV[0, -1] ", scalar @ARGV"#] + arguments)))
      #expect(try job.result().exitStatus == 0)
      #expect(job.text == "argument 0 argument 9999 10000")
    }
  }

  @Test("A job runs in its directory, whatever bytes that has in its name")
  func directory() throws {
    try withDaemon { daemon in
      let scratch = try ScratchDirectory()
      let path = Array(scratch.path("a b").utf8) + [0xff]
      let name = path.map { CChar(bitPattern: $0) } + [0]
      try #require(unsafe mkdir(name, 0o700) == 0)
      defer { _ = unsafe rmdir(name) }
      let job = try daemon.run(["pwd"]) { $0.context.workingDirectory = OSString(bytes: path) }
      let described = try job.queued()
      #expect(try job.result().exitStatus == 0)
      #expect(job.output == path + Array("\n".utf8))
      #expect(described.context.workingDirectory?.bytes == path)
    }
  }

  @Test("A job that gives no directory runs in the root directory, whatever the daemon's is")
  func rootDirectory() throws {
    var options = TestDaemon.Options()
    options.wrapper = ["/bin/sh", "-c", "cd /usr; exec \"$@\"", "sh"]
    try withDaemon(options) { daemon in
      #expect(linkTarget("/proc/\(daemon.pid)/cwd") == "/usr")
      let job = try daemon.run(["pwd"])
      #expect(try job.result().exitStatus == 0)
      #expect(job.text == "/\n")
    }
  }

  @Test("A command that is a relative path means the job's own directory")
  func relative() throws {
    try withDaemon { daemon in
      let scratch = try ScratchDirectory()
      _ = try scratch.file("tool", "#!/bin/sh\necho here\n")
      for (command, path) in [("./tool", "/bin"), ("tool", "."), ("tool", "/bin:")] {
        let job = try daemon.run([command]) {
          $0.context.workingDirectory = OSString(text: scratch.path)
          $0.context.environment = [OSString(text: "PATH=\(path)")]
        }
        #expect(try job.result().exitStatus == 0)
        #expect(job.text == "here\n")
      }
    }
  }

  @Test("The mask of a job is the one it asks for", arguments: [nil, 0, 0o027, 0o777])
  func umask(_ mask: Int?) throws {
    try withDaemon { daemon in
      let job = try daemon.run(["perl", "-e", "printf '%o', umask"]) { $0.context.umask = mask }
      #expect(try job.result().exitStatus == 0)
      #expect(Int(job.text, radix: 8) == mask ?? 0o022)
    }
  }

  @Test("Case 52: Neither arguments nor environment are logged, and no description has the latter")
  func secrets() throws {
    try withDaemon { daemon in
      let observer = try daemon.connect()
      try observer.send(Call("io.jobd.List", mode: .more))
      _ = try observer.next()
      let job = try daemon.run(["sh", "-c", "exit 3", "argument-secret"]) {
        $0.context.environment = ["TOKEN=variable-secret", "PATH=/bin"]
        $0.standardInput = .data(Array("input-secret".utf8))
      }
      let finished = try job.finished()
      #expect(finished.context.environment == nil)
      #expect(try daemon.list().map(\.context.environment) == [nil])
      while true {
        let seen = try #require(try ListReply(try observer.next().parameters).jobs.first)
        #expect(seen.context.environment == nil)
        if seen.runtime.state == .finished { break }
      }
      #expect(daemon.log.contains("finished job"))
      #expect(!daemon.log.contains("secret"))
    }
  }
}
