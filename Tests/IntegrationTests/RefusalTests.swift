import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing
import Varlink

@Suite("What makes no sense is refused with the reason, and the connection goes on", .needsCgroups)
struct RefusalTests {
  /// The errors that calls on one connection are answered with. It is of use afterwards, and no job
  /// was made.
  private func errors(of calls: [Call]) throws -> [VarlinkError] {
    var errors: [VarlinkError] = []
    try withDaemon { daemon in
      let client = try daemon.connect()
      for call in calls {
        try client.send(call)
        errors.append(try #require(try client.next().error, "\(call)"))
      }
      #expect(try daemon.list().isEmpty)
      let job = try daemon.run(RunParameters(context: JobContext(command: ["true"])), on: client)
      #expect(try job.result().exitStatus == 0)
    }
    return errors
  }

  @Test("A job that isn't there is no job of any call")
  func noSuchJob() throws {
    for id in [0, 7, -1, .max] as [Int64] {
      let calls = [
        Call("io.jobd.List", ["id": .int(id)]),
        Call("io.jobd.List", ["id": .int(id)], mode: .more),
        Call("io.jobd.Cancel", ["id": .int(id)]),
      ]
      let error = VarlinkError("io.jobd.NoSuchJob", ["id": .int(id)])
      #expect(try errors(of: calls) == [error, error, error])
    }
  }

  @Test("Another user is refused, also where the socket's permissions let him connect")
  func anotherUser() throws {
    let script = """
      use IO::Socket::UNIX;
      use POSIX;
      my ($directory, $path) = @ARGV;
      chmod 0755, $directory and chmod 0666, $path or die;
      setgid(65534) and setuid(65534) or die;
      my $line = IO::Socket::UNIX->new($path) or die;
      $line->syswrite("{\\"method\\":\\"io.jobd.Describe\\"}\\0");
      $line->sysread(my $reply, 4096);
      print $reply;
      """
    try withDaemon { daemon in
      let directory = FilePath(daemon.socketPath).removingLastComponent().string
      let reply = try output(of: ["perl", "-e", script, directory, daemon.socketPath])
      #expect(reply.contains("org.varlink.service.PermissionDenied"))
    }
  }

  /// Bytes that can't be a message's, with what comes with the last of them.
  private static let unframed: [(message: [UInt8], hasDescriptor: Bool, said: String)] = [
    (Array("{\"method\":".utf8), true, "descriptors in the middle of a message"),
    (Array("nonsense\0".utf8), false, "malformed message: expected null at byte 0"),
    (Array(repeating: 32, count: VarlinkLimits.messageBytes), false, "message too long"),
  ]

  @Test("What can't be a message ends its connection and no other, and the log says what it was")
  func unframed() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("exec sleep infinity")
      try job.started()
      for (message, hasDescriptor, said) in Self.unframed {
        let client = try daemon.connect()
        try client.send(bytes: message)
        let null = try OwnedDescriptor.open("/dev/null")
        // The daemon may have closed it before the last byte comes.
        try? client.send(bytes: [32], descriptors: hasDescriptor ? [null.raw] : [])
        #expect(try client.nextOrEnd() == nil, "\(said)")
        try waitUntil("it is in the log") { daemon.log.contains("closing a connection: \(said)") }
      }
      try job.client.halfClose()
      #expect(try job.result().cause == .disconnected)
    }
  }

  /// What has the right type and makes no sense: the context of a job, and the field that is named.
  private static let badContexts = [
    (#"{}"#, "context.command"), (#"{"command":[]}"#, "context.command"),
    (#"{"command":["a\u0000"]}"#, "context.command"),
    (#"{"command":["a"],"commandBase64":["YQ=="]}"#, "context.command"),
    (#"{"commandBase64":["AA=="]}"#, "context.commandBase64"),
    (#"{"command":["a"],"workingDirectory":"src"}"#, "context.workingDirectory"),
    (#"{"command":["a"],"workingDirectoryBase64":"c3Jj"}"#, "context.workingDirectory"),
    (#"{"command":["a"],"workingDirectoryBase64":"?"}"#, "context.workingDirectoryBase64"),
    (#"{"command":["a"],"umask":-1}"#, "context.umask"),
    (#"{"command":["a"],"umask":512}"#, "context.umask"),
    (#"{"command":["a"],"stop":{"signal":"SIGFOO"}}"#, "context.stop.signal"),
    (#"{"command":["a"],"stop":{"signal":"65"}}"#, "context.stop.signal"),
    (#"{"command":["a"],"stop":{"signal":""}}"#, "context.stop.signal"),
    (#"{"command":["a"],"stop":{"gracePeriodUSec":-1}}"#, "context.stop.gracePeriodUSec"),
    (#"{"command":["a"],"stop":{"gracePeriodUSec":3600000001}}"#, "context.stop.gracePeriodUSec"),
  ]

  /// The same for the other fields of a call.
  private static let badCalls = [
    ("Run", #"{"context":{"command":["a"]},"standardInputBase64":"?"}"#, "standardInputBase64"),
    (
      "Run", #"{"context":{"command":["a"]},"standardInput":"","standardInputBase64":""}"#,
      "standardInput"
    ),
    (
      "Run",
      #"{"context":{"command":["a"],"stop":{"closeStandardInput":true}},"standardInput":"x"}"#,
      "context.stop.closeStandardInput"
    ),
    ("Cancel", #"{"id":1,"signal":"SIGFOO"}"#, "signal"),
    ("Cancel", #"{"id":1,"gracePeriodUSec":-1}"#, "gracePeriodUSec"),
  ]

  @Test("A value that makes no sense is told by its field, in a sentence")
  func badValue() throws {
    let contexts = Self.badContexts.map { ("Run", #"{"context":\#($0.0)}"#, $0.1) }
    let all = contexts + Self.badCalls
    let errors = try errors(of: try all.map { try call($0.0, $0.1) })
    #expect(errors.allSatisfy { $0.name == "io.jobd.BadValue" })
    #expect(errors.map { $0.parameters.string("parameter") } == all.map(\.2))
    #expect(errors.allSatisfy { $0.parameters.string("message")?.contains(" ") == true })
  }

  /// What the interface doesn't declare, or has another type there.
  private static let invalid = [
    ("Run", #"{}"#, "context"), ("Run", #"{"context":["make"]}"#, "context"),
    ("Run", #"{"context":{"comand":["make"]}}"#, "context.comand"),
    ("Run", #"{"context":{"command":"make"}}"#, "context.command"),
    ("Run", #"{"context":{"command":["make",1]}}"#, "context.command"),
    ("Run", #"{"context":{"command":["a"],"umask":"022"}}"#, "context.umask"),
    ("Run", #"{"context":{"command":["a"],"wait":"all"}}"#, "context.wait"),
    ("Run", #"{"context":{"command":["a"],"stop":{"scope":1}}}"#, "context.stop.scope"),
    ("Run", #"{"context":{"command":["a"],"environment":["A=1"]}}"#, "context.environment"),
    ("Run", #"{"context":{"command":["a"]},"memoryMaxBytes":1}"#, "memoryMaxBytes"),
    ("Run", #"{"context":{"command":["a"]},"standardInput":1}"#, "standardInput"),
    ("List", #"{"id":"1"}"#, "id"), ("List", #"{"finished":0}"#, "finished"),
    ("Cancel", #"{}"#, "id"), ("Cancel", #"{"id":1.5}"#, "id"),
    ("Cancel", #"{"id":1,"signal":15}"#, "signal"), ("Describe", #"{"all":true}"#, "all"),
  ]

  @Test("A parameter that the interface doesn't know, or not so, is told by its path")
  func invalidParameter() throws {
    let errors = try errors(of: try Self.invalid.map { try call($0.0, $0.1) })
    #expect(errors == Self.invalid.map { .invalidParameter($0.2) })
  }

  @Test("A method or an interface that isn't there is told as that")
  func unknown() throws {
    let errors = try errors(of: [Call("io.jobd.Start"), Call("io.jobd2.Run"), Call("Run")])
    #expect(
      errors == [
        .methodNotFound("io.jobd.Start"), .interfaceNotFound("io.jobd2"), .methodNotFound("Run"),
      ])
  }

  @Test("A refusal isn't told to who asked with 'oneway'")
  func oneway() throws {
    try withDaemon { daemon in
      let client = try daemon.connect()
      for method in ["Run", "List", "Cancel", "Nothing"] {
        try client.send(Call("io.jobd.\(method)", ["id": .int(7), "x": .int(1)], mode: .oneway))
      }
      let description = try client.call("io.jobd.Describe")
      #expect(description.parameters["pid"] == .int(Int64(daemon.pid)))
    }
  }

  @Test(
    "Descriptors that came with a call that is refused are closed",
    arguments: [
      #"{"context":{}}"#, #"{"context":{"comand":["a"]}}"#,
      #"{"context":{"command":["a"],"umask":-1},"standardOutputFileDescriptor":0}"#,
      #"{"context":{"command":["a"]},"standardInputFileDescriptor":0,"standardOutputFileDescriptor":2}"#,
    ])
  func descriptors(_ parameters: String) throws {
    try withDaemon { daemon in
      let pipe = try LinuxSystem.Pipe()
      let client = try daemon.connect()
      try client.send(
        call("Run", parameters), descriptors: [pipe.writer.raw, pipe.writer.raw])
      #expect(try client.next().error != nil)
      let reader = pipe.takeReader()
      #expect(try readToEnd(reader.raw).isEmpty)
    }
  }

  @Test(
    "More jobs than are taken are refused with their number, until one has ended",
    arguments: [0, 1])
  func tooManyJobs(_ queuedMax: Int) throws {
    var options = TestDaemon.Options()
    options.arguments = ["--running-max", "1", "--queued-max", "\(queuedMax)"]
    try withDaemon(options) { daemon in
      let taken = try (0...queuedMax).map { _ in try daemon.run(["sleep", "infinity"]) }
      for job in taken { try job.queued() }
      let call = Call(
        "io.jobd.Run", RunParameters(context: JobContext(command: ["true"])).wire, mode: .more)
      let client = try daemon.connect()
      try client.send(call)
      let limit = JobdError.tooManyJobs(limit: queuedMax + 1)
      #expect(try client.next().error == VarlinkError(limit.name, limit.parameters))

      for job in taken {
        try job.client.halfClose()
        try job.finished()
      }
      try client.send(call)
      #expect(try TestJob(client).result().exitStatus == 0)
    }
  }

  private func call(_ method: String, _ parameters: String) throws -> Call {
    Call("io.jobd.\(method)", try #require(JSON(parsing: parameters.utf8).object))
  }
}
