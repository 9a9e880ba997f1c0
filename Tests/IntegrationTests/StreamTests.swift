import Glibc
import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing
import Varlink

@Suite("A job's standard streams are what its client says", .needsCgroups)
struct StreamTests {
  @Test("Descriptors that are passed are the job's own: every byte, and the daemon not in between")
  func passed() throws {
    try withDaemon { daemon in
      let scratch = try ScratchDirectory()
      let data = String(repeating: "\0é\r\n", count: 200_000)
      let input = try file(try scratch.file("input", data), .readOnly)
      let output = try file(try scratch.file("output", ""), .writeOnly)
      let error = try file(try scratch.file("error", ""), .writeOnly)
      defer { for file in [input, output, error] { try? file.close() } }
      let job = try daemon.run(
        Self.allPassed(["/bin/sh", "-c", "cat; echo error >&2"]),
        descriptors: [input, output, error])
      #expect(try job.result().exitStatus == 0)
      #expect(job.pieces.isEmpty)
      #expect(try contents(of: scratch.path("output")) == data)
      #expect(try contents(of: scratch.path("error")) == "error\n")
    }
  }

  @Test(
    "Of a descriptor that was passed the daemon keeps no copy, nor of those that nobody refers to")
  func noCopies() throws {
    try withDaemon { daemon in
      let pipe = try LinuxSystem.Pipe()
      let spare = Array(repeating: pipe.reader.raw, count: 250)
      let job = try daemon.run(
        Self.allPassed(["sleep", "infinity"]),
        descriptors: [pipe.reader.raw, pipe.writer.raw, pipe.writer.raw] + spare)
      let pid = try #require(try job.started().runtime.mainPid)
      let target = try #require(linkTarget("/proc/self/fd/\(pipe.reader.raw.rawValue)"))
      #expect(
        try ProcessFiles(Int32(pid)).descriptors() == [0: target, 1: target, 2: target])
      // The thread that started the job may still be letting go of them.
      try waitUntil("the daemon has no copy") {
        try !ProcessFiles(daemon.pid).descriptors().values.contains(target)
      }
      job.client.close()
    }
  }

  @Test("Both outputs may be one descriptor, and what is written keeps its order")
  func shared() throws {
    try withDaemon { daemon in
      let pipe = try LinuxSystem.Pipe()
      let job = try daemon.run(
        RunParameters(
          context: JobContext(
            command: ["/bin/sh", "-c", "for i in 1 2 3; do echo out; echo error >&2; done"]),
          standardOutputFileDescriptor: 0, standardErrorFileDescriptor: 0),
        descriptors: [pipe.writer.raw])
      #expect(try job.result().exitStatus == 0)
      let reader = pipe.takeReader()
      let text = String(decoding: try readToEnd(reader.raw), as: UTF8.self)
      #expect(text == String(repeating: "out\nerror\n", count: 3))
    }
  }

  @Test("A descriptor is passed as it is: what it shares with its client isn't changed")
  func unchanged() throws {
    try withDaemon { daemon in
      let nonblocking = try LinuxSystem.Pipe(nonblocking: .both)
      let blocking = try LinuxSystem.Pipe()
      let descriptors = [nonblocking.reader.raw, nonblocking.writer.raw, blocking.writer.raw]
      let flags = descriptors.map { fcntl($0.rawValue, F_GETFL) }
      let job = try daemon.run(Self.allPassed(["true"]), descriptors: descriptors)
      #expect(try job.result().exitStatus == 0)
      #expect(descriptors.map { fcntl($0.rawValue, F_GETFL) } == flags)
    }
  }

  @Test("Output goes to a descriptor also without 'more'", arguments: [Call.Mode.plain, .oneway])
  func withoutMore(_ mode: Call.Mode) throws {
    try withDaemon { daemon in
      let pipe = try LinuxSystem.Pipe()
      let parameters = RunParameters(
        context: JobContext(command: ["echo", "out"]), standardOutputFileDescriptor: 0)
      let client = try daemon.connect()
      try client.send(
        Call("io.jobd.Run", parameters.wire, mode: mode), descriptors: [pipe.writer.raw])
      let reader = pipe.takeReader()
      #expect(try readToEnd(reader.raw) == Array("out\n".utf8))
      if mode == .plain { #expect(try client.next().error == nil) }
    }
  }

  @Test(
    "A descriptor that didn't come is a parameter that makes no sense, and the connection goes on",
    arguments: [
      "standardInputFileDescriptor", "standardOutputFileDescriptor", "standardErrorFileDescriptor",
    ])
  func missing(_ field: String) throws {
    try withDaemon { daemon in
      let pipe = try LinuxSystem.Pipe()
      let client = try daemon.connect()
      for index in [1, -1, Int64.max] {
        let parameters: JSONObject = [
          "context": .object(JobContext(command: ["true"]).wire), field: .int(index),
        ]
        try client.send(Call("io.jobd.Run", parameters), descriptors: [pipe.writer.raw])
        #expect(try client.next().error == .invalidParameter(field))
      }
      #expect(try daemon.list().isEmpty)
    }
  }

  @Test(
    "Data for standard input is read whole, from its start to its end", arguments: [0, 1_000_000])
  func data(_ count: Int) throws {
    try withDaemon { daemon in
      let data = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
      let job = try daemon.run(["cat"]) { $0.standardInput = .data(data) }
      #expect(try job.result().exitStatus == 0)
      #expect(job.output == data)
    }
  }

  @Test("Case 51: Without any input a job reads /dev/null, and its end")
  func null() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("cat; readlink /proc/self/fd/0")
      #expect(try job.result().exitStatus == 0)
      #expect(job.text == "/dev/null\n")
    }
  }

  @Test("Case 51: An input whose writer has gone is at its end")
  func closedInput() throws {
    try withDaemon { daemon in
      let pipe = try LinuxSystem.Pipe()
      try pipe.writer.raw.writeAll("last".utf8)
      let reader = pipe.takeReader()
      let job = try daemon.run(
        RunParameters(context: JobContext(command: ["cat"]), standardInput: .descriptor(0)),
        descriptors: [reader.raw])
      #expect(try job.result().exitStatus == 0)
      #expect(job.text == "last")
    }
  }

  @Test("Case 51: A writer to the input that stalls doesn't hold up a job that ends")
  func stalledInput() throws {
    try withDaemon { daemon in
      let pipe = try LinuxSystem.Pipe()
      let job = try daemon.run(
        RunParameters(
          context: JobContext(command: ["/bin/sh", "-c", "read line; echo $line; exit 3"]),
          standardInput: .descriptor(0)),
        descriptors: [pipe.reader.raw])
      try pipe.writer.raw.writeAll("one line\n and no more".utf8)
      #expect(try job.result().exitStatus == 3)
      #expect(job.text == "one line\n")
      // What the job didn't read is still there.
      #expect(try pipe.reader.unreadBytes() > 0)
    }
  }

  @Test("An input that is kept open to ask by its end is no other job's")
  func keepalive() throws {
    try withDaemon { daemon in
      let stop = StopContext(signal: "none", closeStandardInput: true)
      let first = try daemon.shell("echo ready; cat; echo end", stop: stop)
      try first.says("ready\n")
      let second = try daemon.shell("echo ready; cat; echo end", stop: stop)
      try second.says("ready\n")
      for job in [first, second] {
        try job.client.halfClose()
        #expect(try job.result().killed == false)
        #expect(job.text == "ready\nend\n")
      }
    }
  }

  /// The first three descriptors, in their order.
  private static func allPassed(_ command: [OSString]) -> RunParameters {
    RunParameters(
      context: JobContext(command: command), standardInput: .descriptor(0),
      standardOutputFileDescriptor: 1, standardErrorFileDescriptor: 2)
  }

  private func file(
    _ path: String, _ mode: FileDescriptor.AccessMode
  ) throws -> FileDescriptor {
    try FileDescriptor.open(FilePath(path), mode, options: .closeOnExec)
  }
}
