import Glibc
import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite(
  "When the kernel refuses a process, that is told, and the next job is started", .needsCgroups)
struct SpawnRefusalTests {
  /// Refused by clone3: the step that this is, told from the errno alone.
  static let refusals: [(Errno, StartStep)] = [
    (.noFunction, .process), (.notPermitted, .process), (.resourceTemporarilyUnavailable, .process),
    (.noMemory, .process), (.resourceBusy, .controlGroup), (.permissionDenied, .controlGroup),
    (.notSupported, .controlGroup), (.operationNotSupportedByDevice, .controlGroup),
  ]

  @Test("Case 38: An error of clone3 is told with its name", .needsStrace, arguments: refusals)
  func injected(_ errno: Errno, _ step: StartStep) throws {
    try withDaemon { daemon in
      // From now on there is a thread that makes processes: it couldn't be made below.
      #expect(try daemon.run(["true"]).result().exitStatus == 0)
      let tracer = try Tracer(of: daemon.pid, failing: errno)
      for _ in 0..<20 {
        let result = try daemon.shell("sleep infinity & echo never").result()
        #expect(result.cause == .failedToStart)
        #expect(result.startFailure?.step == step)
        #expect(result.startFailure?.errnoName == errno.name)
      }
      try tracer.detach()
      #expect(try daemon.shell("exit 3").result().exitStatus == 3)
    }
  }

  @Test("Case 38: A control group that takes no process is told: EOPNOTSUPP, of one beside threads")
  func invalidDomain() throws {
    try withDaemon { daemon in
      let threads = "\(daemon.jobsDirectory)/threads"
      try #require(unsafe mkdir(threads, 0o755) == 0)
      try write("threaded", to: "\(threads)/cgroup.type")
      let failure = try daemon.shell("echo never").result().startFailure
      #expect(failure?.step == .controlGroup)
      #expect(failure?.errnoName == "EOPNOTSUPP")
      try #require(unsafe rmdir(threads) == 0)
      #expect(try daemon.shell("exit 3").result().exitStatus == 3)
    }
  }

  @Test("Case 36: A limit of processes is told as that: EAGAIN", .needsTaskLimit)
  func taskLimit() throws {
    try withDaemon { daemon in
      let limit = try #require(try TaskLimit(for: daemon))
      try limit.set("0")
      for _ in 0..<20 {
        let failure = try daemon.shell("echo never").result().startFailure
        #expect(failure?.step == .process)
        #expect(failure?.errnoName == "EAGAIN")
      }
      try limit.set("max")
      #expect(try daemon.shell("exit 3").result().exitStatus == 3)
    }
  }
}

extension Trait where Self == ConditionTrait {
  /// A pids controller where a daemon of ours has its jobs, or one of version 1.
  fileprivate static var needsTaskLimit: Self {
    .enabled("needs the pids controller") {
      guard Cgroups.areThere else { return false }
      let daemon = try TestDaemon()
      defer { try? daemon.stop() }
      return try TaskLimit(for: daemon) != nil
    }
  }
}

/// Makes every clone3 of a running process fail, until it is let go of.
private final class Tracer {
  private let strace: TestProcess
  /// What it has to say: it must be able to.
  private let messages: OwnedDescriptor

  init(of pid: Int32, failing errno: Errno) throws {
    let pipe = try LinuxSystem.Pipe()
    var specification = TestProcess.Specification([
      "strace", "-f", "-p", "\(pid)", "-e", "trace=clone3", "-e",
      "inject=clone3:error=\(errno.name)", "-o", "/dev/null",
    ])
    specification.error = pipe.writer.raw
    strace = try TestProcess(specification)
    messages = pipe.takeReader()
    try waitToRead(messages.raw, "strace to have attached itself")
  }

  func detach() throws {
    try strace.send(.interrupt)
    try strace.waitForExit()
  }
}

/// A limit of the tasks that a daemon can make: of version 2's controller for its jobs, or of
/// version 1's for the daemon itself, whose jobs inherit it.
private final class TaskLimit {
  private let file: String
  /// What to do when it isn't needed any longer.
  private let undo: () -> Void

  /// `nil` where neither is there.
  init?(for daemon: TestDaemon) throws {
    let version2 = "\(daemon.jobsDirectory)/pids.max"
    if exists(version2) {
      (file, undo) = (version2, {})
      return
    }
    let lines = try contents(of: "/proc/self/mountinfo").split(separator: "\n")
    guard let line = lines.first(where: { $0.contains(" - cgroup ") && $0.hasSuffix("pids") })
    else { return nil }
    let root = line.split(separator: " ")[4]
    let directory = "\(root)/jobd-test-\(daemon.pid)"
    guard unsafe mkdir(directory, 0o755) == 0 else { throw Errno(rawValue: errno) }
    let pid = "\(daemon.pid)"
    try write(pid, to: "\(directory)/cgroup.procs")
    file = "\(directory)/pids.max"
    undo = {
      try? write(pid, to: "\(root)/cgroup.procs")
      _ = unsafe rmdir(directory)
    }
  }

  deinit { undo() }

  func set(_ limit: String) throws { try write(limit, to: file) }
}
