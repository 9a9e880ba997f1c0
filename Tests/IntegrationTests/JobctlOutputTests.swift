import JobProtocol
import Testing
import Varlink

@testable import jobctl

@Suite("jobctl: what it prints")
struct JobctlOutputTests {
  @Test("A command of megabytes, from whichever jobd, is cut before anything is made of it")
  func longCommand() throws {
    let megabytes = String(repeating: "é'\u{1}", count: 2_000_000)
    let argument = try #require(OSString(megabytes))
    let context = JobContext(command: ["make", argument], name: megabytes)
    let job = Job(
      id: 1, context: context,
      runtime: JobRuntime(
        state: .queued, uid: 0, clientPid: 1,
        queuedTimestamp: Timestamp(realtime: 0, monotonic: 0)))
    let table = JobTable([job], now: 0).text(width: nil)
    #expect(table.utf8.count < 32_768)
    #expect(table.hasSuffix("…\n"))
    #expect(JobDetails(job, now: 0).text.utf8.count < 32_768)
  }

  @Test("Columns are as wide as their widest cell, and numbers stand to the right")
  func table() {
    var table = Table(.init("ID", .right), .init("NAME"), .init("PID", .right))
    table.add(["7", "make", "123"])
    table.add(["12345", "x", "4"])
    #expect(
      table.text() == """
           ID  NAME  PID
            7  make  123
        12345  x       4

        """)
    #expect(table.text(width: 9).split(separator: "\n") == ["   ID  N…", "    7  m…", "12345  x…"])
  }

  @Test(
    "Durations",
    arguments: [
      (0, "0.000s"), (999, "0.000s"), (1_234_567, "1.234s"), (9_999_999, "9.999s"),
      (59_999_999, "59.9s"), (60_000_000, "1m00s"), (3_599_000_000, "59m59s"),
      (7_380_000_000, "2h03m"), (435_600_000_000, "5d01h"),
    ])
  func duration(_ microseconds: Int, _ text: String) {
    #expect(Quantity.duration(microseconds: microseconds) == text)
  }

  @Test(
    "Amounts of memory",
    arguments: [
      (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"),
      (1_073_741_823, "1023.9 MiB"), (1_073_741_824, "1.0 GiB"), (Int.max, "7.9 EiB"),
    ])
  func bytes(_ count: Int, _ text: String) {
    #expect(Quantity.bytes(count) == text)
  }

  @Test(
    "Words are quoted as a shell takes them, and nothing controls the terminal",
    arguments: [
      ("make", "make"), ("-j4", "-j4"), ("a b", "'a b'"), ("", "''"), ("it's", #"'it'\''s'"#),
      ("café", "café"), ("$(x)", "'$(x)'"), ("\u{1b}[2J", #"$'\x1b[2J'"#), ("a\nb", #"$'a\nb'"#),
      ("\u{202e}x", #"$'\xe2\x80\xaex'"#), ("\u{9b}2J", #"$'\xc2\x9b2J'"#),
      ("it's\t\\", #"$'it\'s\t\\'"#),
    ])
  func quoting(_ word: String, _ quoted: String) throws {
    #expect(Quoting.word(try #require(OSString(word))) == quoted)
  }

  @Test("Bytes that are not UTF-8 are shown as bytes")
  func quotingBytes() throws {
    #expect(Quoting.word(try #require(OSString(bytes: [0x61, 0xff]))) == #"$'a\xff'"#)
  }

  @Test("How a job ended, briefly")
  func brief() {
    #expect(brief(.exited) { $0.exitStatus = 3 } == "exit 3")
    #expect(
      brief(.signaled) {
        $0.exitSignal = "SIGSEGV"; $0.coreDumped = true
      } == "SIGSEGV, core dumped")
    #expect(brief(.requested) { $0.exitSignal = "SIGTERM" } == "SIGTERM, requested")
    #expect(brief(.disconnected) { $0.exitStatus = 0 } == "exit 0, disconnected")
    #expect(brief(.shutdown) { _ in } == "shutdown")
    #expect(
      brief(.failedToStart) {
        $0.startFailure = StartFailure(
          step: .executable, errno: 2, errnoName: "ENOENT", message: "no")
      } == "ENOENT")
  }

  @Test("Who cancelled a job, and why")
  func sentence() {
    var result = JobResult(cause: .requested)
    result.exitSignal = "SIGKILL"
    result.killed = true
    result.requestedBy = Requester(uid: 7, pid: 8, reason: "\u{1b}c")
    #expect(
      Outcome.sentence(result)
        == #"canceled by process 8 of user 7: $'\x1bc' (SIGKILL); what had not ended was killed"#)
  }

  @Test("A job was asked to end through this jobctl if that was for its reason")
  func ours() {
    var reporter = RunReporter(MessageOptions())
    var result = JobResult(cause: .requested)
    result.requestedBy = Requester(uid: 7, pid: 0, reason: "jobctl got SIGTERM")
    #expect(!reporter.isOurs(result))
    reporter.asked("jobctl got SIGINT")
    #expect(!reporter.isOurs(result))
    reporter.asked("jobctl got SIGTERM")
    #expect(reporter.isOurs(result))
    result.requestedBy?.reason = nil
    #expect(!reporter.isOurs(result))
    #expect(reporter.isOurs(JobResult(cause: .disconnected)))
  }

  @Test("Which processes a job is stuck with")
  func stuck() {
    var result = JobResult(cause: .stuck)
    result.killed = true
    result.survivors = [
      Survivor(pid: 8, command: "tar", state: "D", waitChannel: "nfs_wait"),
      Survivor(pid: 9, command: "sh", state: "R"),
    ]
    #expect(
      Outcome.sentence(result)
        == "stuck: killed, and not gone: 8 (tar, D in nfs_wait), 9 (sh, R)")
  }

  @Test("A refusal names the option that was wrong")
  func refusal() {
    let error = JobdError.badValue(BadValue("context.stop.signal", "is no signal"))
    let failure = Refusal(.init(error.name, error.parameters)).failure
    #expect(failure == Failure("--signal: is no signal", exitCode: 125))
    let noJob = JobdError.noSuchJob(id: 7)
    #expect(
      Refusal(.init(noJob.name, noJob.parameters)).failure
        == Failure("there is no job 7", exitCode: 1))
    let shortage = VarlinkError.system("EMFILE", number: 24)
    #expect(
      Refusal(shortage).failure == Failure("jobd can't take the job: Too many open files"))
  }

  private func brief(_ cause: Cause, _ change: (inout JobResult) -> Void) -> String {
    var result = JobResult(cause: cause)
    change(&result)
    return Outcome.brief(result)
  }
}
