import Glibc
import JobProtocol
import LinuxSystem
import TestSupport
import Testing

@Suite("How a job ended is told exactly", .needsCgroups)
struct ResultTests {
  @Test("Case 37: An exit code is told as it is", arguments: [0, 1, 127, 199, 244, 255])
  func exited(_ code: Int) throws {
    try withDaemon { daemon in
      let result = try daemon.shell("exit \(code)").result()
      #expect(result.cause == .exited)
      #expect(result.exitStatus == code)
      #expect(result.exitSignal == nil)
      #expect(result.coreDumped == nil)
      #expect(!result.killed)
    }
  }

  @Test(
    "Case 37: A signal that a job gets from elsewhere is told by its name",
    arguments: [
      (1, "SIGHUP"), (2, "SIGINT"), (9, "SIGKILL"), (13, "SIGPIPE"), (15, "SIGTERM"),
      (33, "33"), (35, "SIGRTMIN+1"), (64, "SIGRTMIN+30"),
    ])
  func signaled(_ number: Int, _ name: String) throws {
    try withDaemon { daemon in
      let result = try daemon.run(["perl", "-e", "kill \(number) => $$; sleep"]).result()
      #expect(result.cause == .signaled)
      #expect(result.exitSignal == name)
      #expect(result.exitStatus == nil)
      #expect(result.coreDumped == false)
      // The service didn't do it.
      #expect(!result.killed)
    }
  }

  @Test("Case 37: Whether the kernel wrote a core dump is told", .enabled(if: dumpsAreFiles))
  func coreDumped() throws {
    var options = TestDaemon.Options()
    options.wrapper = ["prlimit", "--core=unlimited"]
    try withDaemon(options) { daemon in
      let scratch = try ScratchDirectory()
      for limit in ["unlimited", "0"] {
        let job = try daemon.shell("ulimit -c \(limit); kill -ABRT $$") {
          $0.context.workingDirectory = OSString(text: scratch.path)
        }
        let result = try job.result()
        #expect(result.exitSignal == "SIGABRT")
        let dumps = try fileNames(in: scratch.path)
        #expect(result.coreDumped == !dumps.isEmpty)
        #expect(dumps.isEmpty == (limit == "0"))
        for dump in dumps { _ = unsafe unlink(scratch.path(dump)) }
      }
    }
  }

  /// Core dumps go to the working directory, not to a program. core(5)
  private static let dumpsAreFiles =
    (try? contents(of: "/proc/sys/kernel/core_pattern"))?.hasPrefix("core") == true

  @Test("Queued, started and finished are in order on the monotonic clock, and now on the other")
  func times() throws {
    try withDaemon { daemon in
      let before = (Self.realtimeUSec(), SystemClock.monotonicUSec())
      let job = try daemon.run(["sleep", "0.02"])
      let finished = try job.finished().runtime
      let after = (Self.realtimeUSec(), SystemClock.monotonicUSec())
      let moments = [
        finished.queuedTimestamp, try #require(finished.startedTimestamp),
        try #require(finished.finishedTimestamp),
      ]
      let monotonic = [before.1] + moments.map(\.monotonic) + [after.1]
      #expect(monotonic == monotonic.sorted())
      #expect(moments[2].monotonic - moments[0].monotonic >= 20_000)
      #expect(moments.allSatisfy { before.0 <= $0.realtime && $0.realtime <= after.0 })

      // What was told once is told again.
      #expect(try job.queued().runtime.queuedTimestamp == finished.queuedTimestamp)
      #expect(try job.started().runtime.startedTimestamp == finished.startedTimestamp)
    }
  }

  private static func realtimeUSec() -> Int {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return now.tv_sec * 1_000_000 + now.tv_nsec / 1000
  }

  @Test("Started says the first process, and the control group that it is in")
  func started() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("echo $$; cat /proc/self/cgroup")
      let runtime = try job.started().runtime
      #expect(runtime.state == .running)
      #expect(runtime.uid == 0)
      #expect(runtime.clientPid == Int(getpid()))
      try job.finished()
      let lines = job.text.split(separator: "\n")
      #expect(lines.first == "\(try #require(runtime.mainPid))")
      #expect(lines.contains("0::\(try #require(runtime.controlGroup))"))
    }
  }
}
