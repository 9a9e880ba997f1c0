import Glibc
import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing
import Varlink

@Suite("jobctl run where jobd doesn't answer", .timeLimit(.minutes(15)))
struct JobctlUnansweredTests {
  @Test("Where no request to end the job is answered, the lifeline ends instead")
  func requestInVain() throws {
    let jobd = try MadeUpJobd()
    let jobctl = try jobd.jobctl("run", "true")
    let line = try begin(jobd)
    jobctl.kill(SIGTERM)
    // The request is in the queue: a jobd that has no descriptor left takes it no further.
    #expect(try line.nextCall() == nil)
    try finish(jobctl, line, "jobd doesn't answer; ending the lifeline instead")
  }

  @Test("Where there is no place to wait for one, it ends at once")
  func fullQueue() throws {
    let jobd = try MadeUpJobd(queue: 0)
    let jobctl = try jobd.jobctl("run", "true")
    let line = try begin(jobd)
    let other = try UnixSocket.connect(to: .path(FilePath(jobd.socket)), waiting: false)
    jobctl.kill(SIGTERM)
    #expect(try line.nextCall() == nil)
    try finish(jobctl, line, "too many wait for this jobd already; ending the lifeline instead")
    other.end()
  }

  @Test("Where there never was an answer there is no job to wait for")
  func noJob() async throws {
    let jobd = try MadeUpJobd()
    let jobctl = try jobd.jobctl("run", "true")
    try await jobctl.waitUntilListening()
    jobctl.kill(SIGTERM)
    #expect(await waiting { jobctl.waitNow() } == 128 + SIGTERM)
    // With the call are copies of the pipes.
    let line = try jobd.accept()
    #expect(try line.nextCall() != nil)
    #expect(try line.nextCall() == nil)
    let errors = await jobctl.ended().errors
    #expect(errors == "jobctl: jobd doesn't answer, and has begun no job; not waiting any longer\n")
  }

  @Test("The same where standard input has ended, which was to keep it alive")
  func noJobToKeepAlive() async throws {
    let jobd = try MadeUpJobd()
    let jobctl = try jobd.jobctl("run", "--stdin", "keepalive", "true", input: .pipe)
    let line = try jobd.accept()
    #expect(try line.nextCall() != nil)
    jobctl.closeInput()
    #expect(try line.nextCall() == nil)
    let ended = await jobctl.ended()
    #expect(ended.status == 128 + SIGTERM)
    #expect(
      ended.errors == "jobctl: jobd doesn't answer, and has begun no job; not waiting any longer\n")
  }

  @Test("A call that jobd hasn't all of is no job, and jobctl ends as it would without")
  func longCall() async throws {
    let harness = try JobctlHarness()
    harness.suspendDaemon()
    let jobctl = try harness.jobctl(["run", "true"] + Self.megabyte)
    try await jobctl.waitUntilListening()
    jobctl.kill(SIGTERM)
    #expect(await waiting { jobctl.waitNow() } == -SIGTERM)
    harness.resumeDaemon()
    #expect(await jobctl.ended().errors == "")
  }

  @Test("Nor is it when the input has ended that was to keep the job alive")
  func longCallWithoutInput() async throws {
    let harness = try JobctlHarness()
    harness.suspendDaemon()
    let jobctl = try harness.jobctl(
      ["run", "--stdin", "keepalive", "true"] + Self.megabyte, input: .pipe)
    try await jobctl.waitUntilListening()
    jobctl.closeInput()
    #expect(await waiting { jobctl.waitNow() } == 125)
    harness.resumeDaemon()
    let errors = await jobctl.ended().errors
    #expect(errors == "jobctl: standard input ended before jobd had taken the call\n")
  }

  /// More than a socket has room for.
  private static let megabyte = [String](
    repeating: String(repeating: "x", count: 100_000), count: 10)

  /// Takes the call, and says that the job has begun.
  private func begin(_ jobd: MadeUpJobd) throws -> MadeUpJobd.Line {
    let line = try jobd.accept()
    #expect(try line.nextCall()?.method == "io.jobd.Run")
    try line.reply(.queued(job(.queued)))
    try line.reply(.started(job(.running)))
    return line
  }

  private func finish(
    _ jobctl: Spawned, _ line: MadeUpJobd.Line, _ expected: String
  ) throws {
    var finished = job(.finished)
    finished.runtime.result = JobResult(cause: .disconnected)
    finished.runtime.result?.exitSignal = "SIGTERM"
    try line.reply(.finished(finished), isLast: true)
    #expect(jobctl.waitNow() == 128 + SIGTERM)
    #expect(String(decoding: jobctl.errors.all(), as: UTF8.self).contains(expected))
  }

  private func job(_ state: JobState) -> Job {
    Job(
      id: 1, context: JobContext(command: ["true"]),
      runtime: JobRuntime(
        state: state, uid: 0, clientPid: 1,
        queuedTimestamp: Timestamp(realtime: 0, monotonic: 0)))
  }
}
