import Glibc
import Testing

@Suite("Signals that jobctl run gets", .timeLimit(.minutes(15)))
struct JobctlSignalTests {
  private let harness: JobctlHarness

  init() throws {
    harness = try JobctlHarness()
  }

  @Test(
    "The first one is passed on, and the job's end waited for",
    arguments: [("INT", SIGINT), ("QUIT", SIGQUIT), ("TERM", SIGTERM), ("HUP", SIGHUP)])
  func first(_ name: String, _ signal: Int32) async throws {
    let jobctl = try await start(trapping: name, "echo asked; exit 5")
    jobctl.kill(signal)
    let run = await jobctl.ended()
    #expect(run.output == "asked\n")
    #expect(run.status == 5)
  }

  @Test("An interrupted command interrupts jobctl, too, so that a loop of a shell ends")
  func interrupted() async throws {
    let jobctl = try harness.jobctl("run", "sh", "-c", "echo ready; exec sleep infinity")
    #expect(await waiting { jobctl.output.line() } == "ready")
    jobctl.kill(SIGINT)
    let run = await jobctl.ended()
    #expect(run.status == -SIGINT)
    #expect(run.errors == "")
  }

  @Test("Ctrl-C again kills")
  func second() async throws {
    let jobctl = try await start(trapping: "INT", "echo asked")
    jobctl.kill(SIGINT)
    #expect(await waiting { jobctl.output.line() } == "asked")
    jobctl.kill(SIGINT)
    let run = await jobctl.ended()
    #expect(run.status == 128 + SIGKILL)
    #expect(run.errors.contains("what had not ended was killed"))
  }

  @Test("SIGTERM again does nothing: timeout sends it twice")
  func timeout() async throws {
    let jobctl = try await start(
      "--grace", "1h", trapping: "TERM", "echo asked; read x; exit 6", input: .pipe)
    jobctl.kill(SIGTERM)
    #expect(await waiting { jobctl.output.line() } == "asked")
    jobctl.kill(SIGTERM)
    jobctl.kill(SIGTERM)
    try jobctl.write("\n")
    #expect(await jobctl.ended().status == 6)
  }

  @Test("A signal of the job's own stands in for the one that came")
  func ownSignal() async throws {
    let jobctl = try await start("--signal", "USR1", trapping: "USR1", "exit 7")
    jobctl.kill(SIGINT)
    #expect(await jobctl.ended().status == 7)
  }

  @Test("Under nohup SIGHUP is of no effect")
  func nohup() async throws {
    let run = try await harness.shell(
      """
      exec 4>$D/out; mkfifo $D/go
      nohup jobctl run sh -c 'echo ready; read x; exit 3' <> $D/go >&4 2>&1 & pid=$!
      while [ ! -s $D/out ]; do sleep 0.01; done
      kill -HUP $pid; echo go > $D/go; wait $pid; echo $?; rm $D/go $D/out
      """)
    #expect(run.output == "3\n")
  }

  @Test("A jobctl that is killed ends its job")
  func killed() async throws {
    let jobctl = try await start(trapping: "TERM", "echo asked; exit 0")
    jobctl.kill(SIGKILL)
    // The job holds the pipe: its end is the end of the job.
    let run = await jobctl.ended()
    #expect(run.output == "asked\n")
    #expect(run.status == -SIGKILL)
  }

  @Test("A jobctl that is stopped keeps its job alive")
  func stopped() async throws {
    let jobctl = try harness.jobctl("run", "sh", "-c", "echo ready; read x; exit 4", input: .pipe)
    #expect(await waiting { jobctl.output.line() } == "ready")
    jobctl.kill(SIGSTOP)
    try jobctl.write("on\n")
    jobctl.kill(SIGCONT)
    #expect(await jobctl.ended().status == 4)
  }

  @Test("A signal that comes before jobd has answered is passed on as soon as it has")
  func early() async throws {
    harness.suspendDaemon()
    let jobctl = try harness.jobctl("run", "sleep", "infinity")
    try await jobctl.waitUntilListening()
    jobctl.kill(SIGTERM)
    try await jobctl.waitUntilNothingIsPending()
    harness.resumeDaemon()
    let run = await jobctl.ended()
    #expect(run.status == 128 + SIGTERM)
  }

  @Test("Ctrl-C three times leaves, also when jobd hangs")
  func third() async throws {
    harness.suspendDaemon()
    let jobctl = try harness.jobctl("run", "sleep", "infinity")
    try await jobctl.waitUntilListening()
    for _ in 1...3 {
      jobctl.kill(SIGINT)
      try await jobctl.waitUntilNothingIsPending()
    }
    #expect(await waiting { jobctl.waitNow() } == 128 + SIGINT)
    // The call that jobd has not read has copies of the pipes with it: their end comes with jobd.
    harness.resumeDaemon()
    #expect(await jobctl.ended().errors.contains("not waiting any longer"))
  }

  @Test("With close the job is asked by the end of its input")
  func closes() async throws {
    let jobctl = try harness.jobctl(
      "run", "--stdin", "close", "--signal", "none", "sh", "-c",
      "echo ready; cat; echo asked; exit 9")
    #expect(await waiting { jobctl.output.line() } == "ready")
    jobctl.kill(SIGTERM)
    let run = await jobctl.ended()
    #expect(run.output == "asked\n")
    #expect(run.status == 9)
  }

  /// A job that has set a trap, and waits.
  private func start(
    _ options: String..., trapping signal: String, _ handler: String,
    input: Spawned.Input = .null
  ) async throws -> Spawned {
    let script = trapping(signal, handler)
    let jobctl = try harness.jobctl(["run"] + options + ["sh", "-c", script], input: input)
    #expect(await waiting { jobctl.output.line() } == "ready")
    return jobctl
  }
}

/// A shell script that sets a trap, prints `ready`, and waits. It has no child, whose end by the
/// same signal a shell might mention: it reads from a pipe that nobody writes to.
func trapping(_ signal: String, _ handler: String) -> String {
  """
  pipe=$(mktemp -u); mkfifo $pipe; exec 9<>$pipe; rm $pipe
  trap '\(handler)' \(signal); echo ready
  while :; do read line <&9; done
  """
}
