import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing
import Varlink

@Suite("Captured output is told whole, in order, and before the end", .needsCgroups)
struct OutputTests {
  @Test("Output comes behind started and before finished, however short the job is")
  func order() throws {
    try withDaemon { daemon in
      for _ in 0..<100 {
        let job = try daemon.shell("echo x")
        // The order of the replies is checked as they are read.
        try job.finished()
        #expect(job.text == "x\n")
      }
    }
  }

  @Test("Case 48: Ten thousand lines on each of both streams arrive, each stream in its order")
  func lines() throws {
    try withDaemon { daemon in
      let job = try daemon.run(
        ["perl", "-e", #"for (1..10_000) { print "out $_\n"; print STDERR "error $_\n" }"#],
        Self.captureBoth)
      #expect(try job.result().exitStatus == 0)
      #expect(job.text == (1...10_000).map { "out \($0)\n" }.joined())
      #expect(job.errorOutput == Array((1...10_000).map { "error \($0)\n" }.joined().utf8))
    }
  }

  @Test(
    "Case 48: Every byte arrives, NUL and what isn't UTF-8 included, without a newline at the end")
  func binary() throws {
    try withDaemon { daemon in
      let job = try daemon.run(
        ["perl", "-e", "$all = pack 'C*', 0..255; print $all x 4000; print STDERR $all"],
        Self.captureBoth)
      #expect(try job.result().exitStatus == 0)
      let all = Array(UInt8.min...UInt8.max)
      #expect(job.output.elementsEqual(repeatElement(all, count: 4000).joined()))
      #expect(job.errorOutput == all)
    }
  }

  @Test("A code point that is written in two pieces is told in one")
  func codePoint() throws {
    try withDaemon { daemon in
      let pipe = try LinuxSystem.Pipe()
      let job = try daemon.run(
        RunParameters(
          context: JobContext(
            command: ["/bin/sh", "-c", #"printf 'a\303'; read go; printf '\251b\342\202'"#]),
          standardInput: .descriptor(0)),
        descriptors: [pipe.reader.raw])
      try job.says("a")
      let writer = pipe.takeWriter()
      try writer.raw.writeAll("\n".utf8)
      try job.says("éb")
      #expect(job.pieces.allSatisfy { String(validating: $0.bytes, as: UTF8.self) != nil })
      // What never becomes whole is told all the same.
      try job.finished()
      #expect(job.output == Array("aéb".utf8) + [0xe2, 0x82])
    }
  }

  @Test("Case 48: What is in the pipe when the last process ends is told before the end")
  func drained() throws {
    try withDaemon { daemon in
      let scratch = try ScratchDirectory()
      for round in 0..<10 {
        // It ends with its pipe full, and says in a file how much it has written.
        let script = """
          use Fcntl; fcntl STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK;
          while (defined($written = syswrite STDOUT, "x" x 4096)) { $all += $written }
          open FILE, ">", $ARGV[0]; print FILE $all;
          """
        let file = scratch.path("\(round)")
        let job = try daemon.run(["perl", "-e", script, file])
        #expect(try job.result().exitStatus == 0)
        #expect(job.output.count == Int(try contents(of: file)))
      }
    }
  }

  @Test("A job that is killed has said what it wrote before")
  func killed() throws {
    try withDaemon { daemon in
      let job = try daemon.run(["perl", "-e", "syswrite STDOUT, 'x' x 50_000; kill KILL => $$"])
      #expect(try job.result().exitSignal == "SIGKILL")
      #expect(job.output.count == 50_000)
    }
  }

  @Test("A job may close its output, or one of both, and go on")
  func closed() throws {
    try withDaemon { daemon in
      let job = try daemon.shell(
        "echo out; exec >&-; echo error >&2; exec 2>&-; sleep 0.1; exit 3", Self.captureBoth)
      #expect(try job.result().exitStatus == 3)
      #expect(job.text == "out\n")
      #expect(job.errorOutput == Array("error\n".utf8))
    }
  }

  @Test("Without 'more' output is thrown away, however much it is, and the only reply is the last")
  func discarded() throws {
    try withDaemon { daemon in
      let script = "yes | head -c 3000000; yes | head -c 3000000 >&2; exit 4"
      let context = JobContext(command: ["/bin/sh", "-c", OSString(text: script)])
      let client = try daemon.connect()
      let reply = try client.call("io.jobd.Run", RunParameters(context: context).wire)
      guard !reply.continues, case .finished(let job)? = try RunReply(reply.parameters) else {
        throw TestFailure("the only reply is not finished: \(reply)")
      }
      #expect(job.runtime.result?.exitStatus == 4)
      #expect(try client.isQuiet())
    }
  }

  /// Standard error is captured, too, instead of witnessing the end of the tree.
  private static func captureBoth(_ parameters: inout RunParameters) {
    parameters.standardErrorFileDescriptor = nil
  }
}
