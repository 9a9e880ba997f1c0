import Glibc
import LinuxSystem
import Testing

@Suite("jobctl run where nobody reads what it says", .timeLimit(.minutes(15)))
struct JobctlUnreadTests {
  private let harness: JobctlHarness

  init() throws {
    harness = try JobctlHarness()
  }

  @Test("Signals are heard all the same, and once it is read not a word is missing")
  func unread() async throws {
    let (jobctl, filling) = try await startFull(
      trapping("TERM", "echo asked; exit 5"), by: Spawned.product("jobctl"))
    try await expectAnswer(of: jobctl, behind: filling)
  }

  @Test("So they are where whoever shares the descriptor has made it nonblocking")
  func nonblocking() async throws {
    let nonblocking =
      "BEGIN { $^F = 3 } use Fcntl; open F, '>&=3'; fcntl F, F_SETFL, O_WRONLY | O_NONBLOCK; exec @ARGV"
    let (jobctl, filling) = try await startFull(
      trapping("TERM", "echo asked; exit 5"), by: "/usr/bin/perl",
      ["-e", nonblocking, Spawned.product("jobctl")])
    try await expectAnswer(of: jobctl, behind: filling)
  }

  @Test("When all is over a signal ends what waits to be read only")
  func atTheEnd() async throws {
    let (jobctl, _) = try await startFull("echo done; exit 5", by: Spawned.product("jobctl"))
    #expect(await waiting { jobctl.output.line() } == "done")
    // The first may come while the job is there. It isn't asked by it a second time.
    try jobctl.kill(untilItEnds: .terminate)
    #expect(await jobctl.ended().status == 128 + SIGTERM)
  }

  @Test("A message that jobctl can't go on is none to wait for, either")
  func failure() async throws {
    let jobctl = try harness.jobctl("run", "sh", "-c", "echo ready; exec sleep infinity")
    #expect(await waiting { jobctl.output.line() } == "ready")
    _ = try jobctl.fill(2)
    harness.killDaemon()
    try jobctl.kill(untilItEnds: .terminate)
    #expect(await jobctl.ended().status == 128 + SIGTERM)
  }

  @Test("Ctrl-C three times leaves")
  func third() async throws {
    harness.suspendDaemon()
    let jobctl = try harness.jobctl("run", "sleep", "infinity")
    try await jobctl.waitUntilListening()
    _ = try jobctl.fill(2)
    for _ in 1...3 {
      jobctl.kill(SIGINT)
      try await jobctl.waitUntilNothingIsPending()
    }
    #expect(await waiting { jobctl.waitNow() } == 128 + SIGINT)
    harness.resumeDaemon()
    _ = await jobctl.ended()
  }

  /// Starts a shell's script as a job, with descriptor 3 for the status: a pipe that is full by the time that
  /// there is something to say.
  private func startFull(
    _ script: String, by program: String, _ arguments: [String] = []
  ) async throws -> (Spawned, filling: Int) {
    harness.suspendDaemon()
    let jobctl = try Spawned(
      program, arguments + ["run", "--status-fd", "3", "sh", "-c", script],
      environment: ["JOBD_SOCKET=\(harness.socket)"])
    try await jobctl.waitUntilListening()
    let filling = try jobctl.fill(3)
    harness.resumeDaemon()
    return (jobctl, filling)
  }

  private func expectAnswer(of jobctl: Spawned, behind filling: Int) async throws {
    #expect(await waiting { jobctl.output.line() } == "ready")
    jobctl.kill(SIGTERM)
    #expect(await waiting { jobctl.output.line() } == "asked")
    let said = await waiting { jobctl.events.all() }.dropFirst(filling)
    let kinds = String(decoding: said, as: UTF8.self).split(separator: "\n")
      .map { String($0.dropFirst(2).prefix { $0 != "\"" }) }
    #expect(kinds == ["queued", "started", "stopping", "finished"])
    #expect(await jobctl.ended().status == 5)
  }
}
