import JobProtocol
import LinuxSystem
import Testing

@testable import jobctl

@Suite("jobctl run: what it exits with")
struct JobctlExitStatusTests {
  @Test("The command's own code", arguments: [0, 1, 3, 124, 125, 126, 127, 128, 199, 244, 255])
  func exited(_ code: Int) {
    #expect(status(.exited) { $0.exitStatus = code } == Int32(code))
  }

  @Test(
    "128+n for signal n",
    arguments: [
      ("SIGHUP", 129), ("SIGINT", 130), ("SIGABRT", 134), ("SIGKILL", 137), ("SIGSEGV", 139),
      ("SIGPIPE", 141), ("SIGTERM", 143), ("SIGRTMIN+1", 163),
    ])
  func signaled(_ name: String, _ code: Int32) {
    #expect(status(.signaled) { $0.exitSignal = name } == code)
  }

  @Test(
    "The command's own, whatever the cause is",
    arguments: [Cause.disconnected, .requested, .oom, .shutdown, .stuck])
  func causes(_ cause: Cause) {
    #expect(status(cause) { $0.exitStatus = 7 } == 7)
    #expect(status(cause) { $0.exitSignal = "SIGTERM" } == 143)
  }

  @Test(
    "127 if the command isn't found, 126 if it can't be executed, 125 if it wasn't touched",
    arguments: [
      (StartStep.executable, "ENOENT", 2, 127), (.executable, "EACCES", 13, 126),
      (.executable, "ENOEXEC", 8, 126), (.executable, "ENOTDIR", 20, 126),
      (.executable, "E2BIG", 7, 126), (.interpreter, "ENOENT", 2, 126),
      (.workingDirectory, "ENOENT", 2, 125), (.controlGroup, "EAGAIN", 11, 125),
      (.process, "EAGAIN", 11, 125), (.preparation, "EMFILE", 24, 125),
    ])
  func failedToStart(_ step: StartStep, _ name: String, _ errno: Int, _ code: Int32) {
    let failure = StartFailure(step: step, errno: errno, errnoName: name, message: "no")
    #expect(status(.failedToStart) { $0.startFailure = failure } == code)
  }

  @Test("Cancelled before it was started: as the signal that did it, else 125")
  func neverStarted() {
    let result = JobResult(cause: .requested)
    #expect(ExitStatus.of(result, passedOn: .interrupt) == 130)
    #expect(ExitStatus.of(result, passedOn: .terminate) == 143)
    #expect(ExitStatus.of(result, passedOn: nil) == 125)
  }

  private func status(_ cause: Cause, _ change: (inout JobResult) -> Void) -> Int32 {
    var result = JobResult(cause: cause)
    change(&result)
    return ExitStatus.of(result, passedOn: nil)
  }
}
