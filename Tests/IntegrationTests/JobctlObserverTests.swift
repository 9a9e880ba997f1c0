import Glibc
import JobProtocol
import Testing
import Varlink

@Suite("jobctl list, status, watch and cancel", .timeLimit(.minutes(15)))
struct JobctlObserverTests {
  private let harness: JobctlHarness

  init() throws {
    harness = try JobctlHarness()
  }

  @Test("A job is listed while it runs, and with --all after that")
  func list() async throws {
    let (jobctl, id) = try await start()
    let active = try await harness.jobctl("list").ended()
    #expect(active.output.contains("running"))
    #expect(active.output.contains("sleeper"))
    #expect(try await jobs("list", "--json").map(\.id) == [id])

    try await expectCanceled(id)
    _ = await jobctl.ended()
    #expect(try await harness.jobctl("list").ended().output == "")
    let all = try await jobs("list", "--all", "--json")
    #expect(all.map(\.runtime.state) == [.finished])
  }

  @Test("Whoever waits for a job is told who cancelled it, and why")
  func cancel() async throws {
    let (jobctl, id) = try await start()
    let cancel = try await harness.jobctl("cancel", "-k30", "-rnewer edit", "\(id)").ended()
    #expect(cancel.status == 0)
    #expect(cancel.output == "")
    #expect(cancel.errors == "")
    let run = await jobctl.ended()
    #expect(run.status == 128 + SIGTERM)
    #expect(run.errors.contains("canceled by process"))
    #expect(run.errors.contains(": newer edit (SIGTERM)"))
  }

  @Test("Several jobs are cancelled at once; one that isn't there is said, and the others end")
  func cancelSeveral() async throws {
    let (first, firstID) = try await start()
    let (second, secondID) = try await start()
    let cancel = try await harness.jobctl(
      "cancel", "--json", "\(firstID)", "999", "\(secondID)"
    ).ended()
    #expect(cancel.status == 1)
    #expect(cancel.errors == "jobctl: there is no job 999\n")
    #expect(try Self.jobs(cancel.output).map(\.id) == [firstID, secondID])
    #expect(await first.ended().status == 128 + SIGTERM)
    #expect(await second.ended().status == 128 + SIGTERM)
  }

  @Test("More jobs than there may be open files are cancelled, if that limit can be raised")
  func cancelMany() async throws {
    let run = try await harness.shell(
      """
      (ulimit -Sn 16; exec jobctl cancel $(seq 1000 1039)); echo $?
      (ulimit -Sn 16; ulimit -Hn 16; exec jobctl cancel $(seq 1000 1039)) 2>$D/errors; echo $?
      grep -c 'no job' $D/errors; grep -c 'Too many open files' $D/errors; rm $D/errors
      """)
    let lines = run.output.split(separator: "\n").compactMap { Int($0) }
    #expect(run.errors.split(separator: "\n").count == 40)
    #expect(lines.count == 4 && lines[0] == 1 && lines[1] == 125)
    // Those for which there was a descriptor were asked, and what is wrong with the others is said once.
    #expect(lines.count == 4 && (1..<16).contains(lines[2]) && lines[3] == 1)
  }

  @Test("To cancel a job that has finished is no error")
  func cancelFinished() async throws {
    _ = try await harness.jobctl("run", "true").ended()
    let id = try #require(try await jobs("list", "--all", "--json").first?.id)
    try await expectCanceled(id)
  }

  @Test(
    "What can't be written is an error, also where the stream is closed and nothing goes elsewhere",
    arguments: ["list", "status", "watch", "--help", "--version"], [">&-", ">/dev/full"])
  func unwritable(_ command: String, _ redirection: String) async throws {
    let (jobctl, id) = try await start()
    let run = try await harness.shell("jobctl \(command) \(redirection)")
    #expect(run.status == 125)
    #expect(run.errors.hasPrefix("jobctl: standard output: "))
    try await expectCanceled(id)
    _ = await jobctl.ended()
  }

  @Test(
    "Messages that nobody can read are no reason to fail",
    arguments: ["2>&-", "2>/dev/full", "2>&5"])
  func unreadMessages(_ redirection: String) async throws {
    // Descriptor 5 is a pipe that nobody reads.
    let run = try await harness.shell(
      "mkfifo $D/p; exec 4<>$D/p 5>$D/p 4<&-; rm $D/p; jobctl cancel 999 \(redirection)")
    #expect(run.status == 1)
  }

  @Test("Watching a job ends with it, and doesn't hold it")
  func watch() async throws {
    let (jobctl, id) = try await start()
    let watch = try harness.jobctl("watch", "--json", "\(id)")
    let first = try #require(await waiting { watch.output.line() })
    #expect(try Self.jobs(first).map(\.runtime.state) == [.running])
    jobctl.kill(SIGKILL)
    let rest = await watch.ended()
    #expect(rest.status == 0)
    let last = try #require(try Self.jobs(rest.output).last)
    #expect(last.runtime.result?.cause == .disconnected)
  }

  @Test("Numbers of jobs are completed from the jobd that the line names", arguments: ["=", " "])
  func completion(_ separator: String) async throws {
    let (jobctl, id) = try await start()
    let run = try await harness.shell(
      """
      s=$JOBD_SOCKET; export JOBD_SOCKET=/no/such.sock SAP_SHELL=bash
      jobctl ---completion cancel -- positional@0 3 0 jobctl cancel --socket\(separator)$s ''
      """)
    #expect(run.output == "\(id)\n")
    jobctl.kill(SIGINT)
    _ = await jobctl.ended()
  }

  @Test("Whoever watches is told when jobd no longer tells anything")
  func watchEnds() async throws {
    let (jobctl, id) = try await start()
    let watch = try harness.jobctl("watch", "\(id)")
    #expect(await waiting { watch.output.line() }?.contains("sleeper: running") == true)
    harness.killDaemon()
    let run = await watch.ended()
    #expect(run.status == 125)
    #expect(
      run.errors.contains("closed the connection; was it stopped, or have you read too slowly?"))
    _ = await jobctl.ended()
  }

  @Test("All about a job, and about jobd")
  func status() async throws {
    let (jobctl, id) = try await start()
    let job = try await harness.jobctl("status", "\(id)").ended()
    #expect(job.output.contains("Job: \(id) (sleeper)"))
    #expect(job.output.contains("State: running"))
    let service = try await harness.jobctl("status").ended()
    #expect(service.output.contains("Running: 1 of at most"))
    let missing = try await harness.jobctl("status", "999").ended()
    #expect(missing.status == 1)
    #expect(missing.errors == "jobctl: there is no job 999\n")
    let some = try await harness.jobctl("status", "--json", "998", "\(id)", "999", "\(id)").ended()
    #expect(some.status == 1)
    #expect(some.errors == "jobctl: there is no job 998\njobctl: there is no job 999\n")
    #expect(try Self.jobs(some.output).map(\.id) == [id, id])
    jobctl.kill(SIGINT)
    _ = await jobctl.ended()
  }

  private func start() async throws -> (Spawned, Int) {
    let jobctl = try harness.jobctl(
      "run", "--name", "sleeper", "--status-fd", "3", "sleep", "60")
    let line = try #require(await waiting { jobctl.events.line { $0.contains("started") } })
    let reply = try RunReply(try #require(JSON(parsing: line.utf8).object))
    guard case .started(let job)? = reply else { throw Unexpected() }
    return (jobctl, job.id)
  }

  private func expectCanceled(_ id: Int) async throws {
    #expect(try await harness.jobctl("cancel", "\(id)").ended().status == 0)
  }

  private func jobs(_ arguments: String...) async throws -> [Job] {
    try Self.jobs(await harness.jobctl(arguments).ended().output)
  }

  /// Jobs, one a line.
  private static func jobs(_ lines: String) throws -> [Job] {
    try lines.split(separator: "\n").map { line in
      try Job(try #require(JSON(parsing: line.utf8).object))
    }
  }

  private struct Unexpected: Error {}
}
