import Glibc
import TestSupport
import Testing

/// A job holds the pipe that its output goes to in each of its processes: the end of that is the end of
/// the last of them.
@Suite("jobd --cgroup=none", .timeLimit(.minutes(15)))
struct WithoutCgroupsTests {
  private let harness: JobctlHarness

  init() throws {
    harness = try JobctlHarness("--cgroup", "none")
  }

  /// What a job may do to be left alone; each says when it has done so.
  static let escapes = [
    "sleep 1000 & echo ready; wait",
    "setsid sleep 1000 & echo ready; sleep 1000",
    "(setsid sh -c 'sleep 1000 & exit 0' & exit 0); echo ready; sleep 1000",
    "set -m; sleep 1000 & sleep 1000 & echo ready; wait",
    "trap '' TERM INT HUP QUIT; sleep 1000 & echo ready; wait; sleep 1000",
    "sleep 1000 & kill -STOP $!; echo ready; kill -STOP $$",
    "setsid sleep 1000 & echo ready; kill -STOP $PPID; wait",
  ]

  private func start(_ script: String) async throws -> Spawned {
    let run = try harness.jobctl("run", "--grace", "100ms", "sh", "-c", script)
    #expect(await waiting { run.output.line() } == "ready")
    return run
  }

  @Test("Whatever a job does to be left alone, it ends with the line", arguments: escapes)
  func lineEnds(_ script: String) async throws {
    let run = try await start(script)
    run.kill(SIGKILL)
    #expect(await run.ended().status == -SIGKILL)
  }

  @Test("It ends with jobd, too, however that ends", arguments: escapes)
  func daemonDies(_ script: String) async throws {
    let run = try await start(script)
    harness.killDaemon()
    #expect(await run.ended().status == 125)
  }

  @Test("A job that kills its warden is killed")
  func wardenKilled() async throws {
    let run = try harness.jobctl("run", "sh", "-c", "setsid sleep 1000 & kill -9 $PPID; sleep 1000")
    #expect(await run.ended().status == 128 + SIGKILL)
  }

  @Test("A job that kills its warden at once was started all the same")
  func wardenKilledAtOnce() async throws {
    for _ in 1...50 {
      let run = try harness.jobctl("run", "-v", "sh", "-c", "kill -9 $PPID")
      let ended = await run.ended()
      #expect(ended.errors.contains("started, pid"))
      // Whether it exits before the end of its parent kills it, nobody can say.
      #expect([0, 128 + SIGKILL].contains(ended.status))
    }
  }

  @Test("The next jobd replaces what one that was killed has left")
  func restarted() async throws {
    let run = try await start("trap '' TERM; sleep 1000 & echo ready; wait; sleep 1000")
    harness.killDaemon()
    let next = try Spawned(
      Spawned.product("jobd"), ["--cgroup", "none", "--socket", harness.socket])
    #expect(await waiting { next.errors.line { $0.contains(" ready") } } != nil)
    #expect(await run.ended().status == 125)
    #expect(try await harness.jobctl("run", "true").ended().status == 0)
    next.kill(SIGTERM)
    #expect(await next.ended().status == 0)
  }

  @Test("A job's streams, environment and exit are its own")
  func transparency() async throws {
    let run = try await harness.jobctl(
      "run", "sh", "-c", "cat; echo $JOBD_JOB; echo error >&2; exit 7"
    ).ended()
    #expect(run.status == 7)
    #expect(run.output == "1\n")
    #expect(run.errors == "error\n")
    let missing = try await harness.jobctl("run", "no-such-command").ended()
    #expect(missing.status == 127)
    #expect(missing.errors == "jobctl: no-such-command: No such file or directory\n")
  }

  @Test("What a job leaves behind is ended with its main process")
  func leftBehind() async throws {
    let run = try harness.jobctl("run", "sh", "-c", "setsid sleep 1000 & exit 3")
    #expect(await run.ended().status == 3)
  }

  @Test(
    "The wardens of other jobs are reaped while a start is held up",
    .enabled(if: Trap.fileSystem.isAvailable, "needs FUSE, and the right to mount"))
  func besideStart() async throws {
    let trap = try SilentFileSystem()
    defer { trap.release() }
    let starting = try harness.jobctl("run", trap.file)
    try trap.catchProcess()
    for _ in 0..<20 { #expect(try await harness.jobctl("run", "true").ended().status == 0) }
    let jobd = ProcessFiles(harness.daemonPid)
    try waitUntil("they were reaped") { try jobd.zombies().isEmpty }
    #expect(try jobd.children().count == 1, "that of the start is there")

    trap.release()
    #expect(await starting.ended().status == 126)
    try waitUntil("it was reaped, too") { try jobd.children().isEmpty }
  }

  @Test("Every result says so, and so does the service")
  func said() async throws {
    _ = try await harness.jobctl("run", "true").ended()
    _ = try await harness.jobctl("run", "/no/such").ended()
    let list = try await harness.jobctl("list", "--all", "--json").ended()
    let jobs = list.output.split(separator: "\n")
    #expect(jobs.count == 2)
    for job in jobs {
      #expect(job.contains(#""containment":"process_tree""#))
      #expect(!job.contains("controlGroup"))
    }
    let job = try await harness.jobctl("status", "1").ended()
    #expect(job.output.contains("Held by: parentage alone, no cgroup\n"))
    #expect(try await harness.jobctl("status").ended().output.contains("Cgroup: none\n"))
  }

  @Test("A warning at the start says what isn't promised")
  func warned() async throws {
    let jobd = try Spawned(
      Spawned.product("jobd"), ["--cgroup", "none", "--socket", "\(harness.socket)2"])
    let warning = await waiting { jobd.errors.line { $0.contains("without control groups") } }
    #expect(try #require(warning).contains("kills its warden"))
    jobd.kill(SIGTERM)
    #expect(await jobd.ended().status == 0)
  }
}
