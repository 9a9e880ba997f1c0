import JobProtocol
import LinuxSystem
import TestSupport
import Testing
import Varlink

@Suite("Case 35: A job's environment is its own", .needsCgroups)
struct EnvironmentTests {
  /// What the service adds to every job's.
  private static let added: Set<String> = ["JOBD_SOCKET", "JOBD_JOB"]

  @Test("Case 35: Nothing of the daemon's own environment reaches a job")
  func daemonsOwn() throws {
    var options = TestDaemon.Options()
    options.environment = [
      "SECRET=x", "LD_LIBRARY_PATH=/no/such", "JOBD_JOB=7", "PATH=/no:/usr/bin",
    ]
    try withDaemon(options) { daemon in
      let environment = try variables(of: daemon.run(["cat", "/proc/self/environ"]))
      let names = environment.map { String(decoding: $0.prefix { $0 != 0x3d }, as: UTF8.self) }
      #expect(names.count == Set(names).count)
      #expect(
        Set(names) == Self.added.union(["PATH", "HOME", "USER", "LOGNAME", "SHELL"]))
      #expect(!environment.contains(Array("PATH=/no:/usr/bin".utf8)))
    }
  }

  @Test("Case 35: A job has the variables that it was given, and which job it is, and nothing else")
  func given() throws {
    try withDaemon { daemon in
      let given: [[UInt8]] =
        [
          "PATH=/bin", "EMPTY=", "A=B=C", "lower.case-9=x", "parens(a)=(b)",
          "BASH_FUNC_f%%=() { :; }", " =blank", "LINES=a\nb\r\n", "ä=ö", "JOBD_SOCKETS=x",
        ].map { Array($0.utf8) } + [[0x42, 0x3d, 0xff, 0xfe], [0xff, 0x3d, 0x43]]
      let job = try daemon.run(["cat", "/proc/self/environ"]) {
        $0.context.environment = given.compactMap(OSString.init(bytes:))
      }
      let id = try job.queued().id
      let marks = ["JOBD_SOCKET=\(daemon.socketPath)", "JOBD_JOB=\(id)"].map { Array($0.utf8) }
      #expect(Set(try variables(of: job)) == Set(given + marks))
    }
  }

  @Test("Case 35: Which job it is and whose can't be given wrongly")
  func marks() throws {
    try withDaemon { daemon in
      let job = try daemon.run(["cat", "/proc/self/environ"]) {
        $0.context.environment = ["JOBD_JOB=7", "PATH=/bin", "JOBD_SOCKET=/no/such"]
      }
      let id = try job.queued().id
      #expect(
        Set(try variables(of: job)) == [
          Array("PATH=/bin".utf8), Array("JOBD_SOCKET=\(daemon.socketPath)".utf8),
          Array("JOBD_JOB=\(id)".utf8),
        ])
    }
  }

  @Test("Case 35: An environment of more than a MiB arrives whole")
  func huge() throws {
    try withDaemon { daemon in
      let filling = String(repeating: "x", count: 110)
      var given = (0..<10_000).map { OSString(text: "VARIABLE_\($0)=\(filling)") }
      // The longest that the kernel takes, its NUL included. execve(2), MAX_ARG_STRLEN
      given.append(OSString(text: "L=" + String(repeating: "y", count: 131_072 - 3)))
      given.append("PATH=/bin")
      #expect(given.map(\.bytes.count).reduce(0, +) > 1 << 20)
      let job = try daemon.run(["cat", "/proc/self/environ"]) { $0.context.environment = given }
      let seen = Set(try variables(of: job))
      #expect(seen.isSuperset(of: given.map(\.bytes)))
      #expect(seen.count == given.count + Self.added.count)
    }
  }

  @Test(
    "Case 35: More than the kernel takes is told as that, and not started",
    arguments: [(1, 131_072), (80, 100_000)])
  func tooMuch(_ count: Int, _ length: Int) throws {
    try withDaemon { daemon in
      let filling = String(repeating: "x", count: length)
      let job = try daemon.run(["/bin/true"]) {
        $0.context.environment = (0..<count).map { OSString(text: "V\($0)=\(filling)") }
      }
      let result = try job.result()
      #expect(result.cause == .failedToStart)
      let failure = try #require(result.startFailure)
      #expect(failure.step == .executable)
      #expect(failure.errnoName == "E2BIG")
      #expect(failure.path == "/bin/true")
      #expect(failure.message.contains("arguments and environment are too long"))
    }
  }

  @Test(
    "Case 35: What no environment can carry is refused, and the field named",
    arguments: [
      (#"{"environment":{"":"x"}}"#, "context.environment"),
      (#"{"environment":{"A=B":"x"}}"#, "context.environment"),
      (#"{"environment":{"A\u0000B":"x"}}"#, "context.environment.A\0B"),
      (#"{"environment":{"A":"\u0000"}}"#, "context.environment.A"),
      (#"{"environmentBase64":["QQ=="]}"#, "context.environmentBase64"),
      (#"{"environmentBase64":["PUE="]}"#, "context.environmentBase64"),
      (#"{"environmentBase64":["QT0A"]}"#, "context.environmentBase64"),
      (#"{"environmentBase64":["no base64"]}"#, "context.environmentBase64"),
    ])
  func refused(_ fields: String, _ parameter: String) throws {
    try withDaemon { daemon in
      var context = try #require(JSON(parsing: fields.utf8).object)
      context["command"] = .array([.string("true")])
      let reply = try daemon.call("io.jobd.Run", ["context": .object(context)])
      let error = try #require(reply.error)
      guard
        case .badValue(let value)? = try JobdError(name: error.name, parameters: error.parameters)
      else { throw TestFailure("refused by \(error)") }
      #expect(value.parameter == parameter)
      #expect(try daemon.list().isEmpty)
    }
  }

  /// The variables that a job prints, each `NAME=value`.
  private func variables(of job: TestJob) throws -> [[UInt8]] {
    #expect(try job.result().exitStatus == 0)
    #expect(job.output.last == 0)
    return job.output.dropLast().split(separator: 0, omittingEmptySubsequences: false).map(
      Array.init)
  }
}
