import Glibc
import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing
import Varlink

@Suite(
  "A command that somebody has to permit, and doesn't, holds up nobody else",
  .needsCgroups, .enabled(if: SilentPermission.isPermitted, "needs fanotify(7) with permissions"))
struct HeldStartTests {
  /// A program of its own, which a client has started so often that jobd knows it.
  private func known(
    in scratch: ScratchDirectory, by client: TestClient
  ) throws -> String {
    let program = try scratch.program()
    for _ in 1...6 { #expect(try client.run([program]).result().exitStatus == 0) }
    return program
  }

  @Test("It starts when that is permitted, and is told as started then")
  func permitted() throws {
    try withDaemon { daemon in
      let client = try daemon.connect()
      let scratch = try ScratchDirectory()
      let program = try known(in: scratch, by: client)
      // Again and again, as each may be started in another way.
      for _ in 1...3 {
        let permission = try SilentPermission(for: program)
        let held = try client.run([program])
        try permission.isAsked()
        let id = try held.queued().id
        #expect(try daemon.run(["/bin/true"]).result().exitStatus == 0)
        let job = try #require(try daemon.list(id).first)
        #expect(job.runtime.state == .starting && job.runtime.startedTimestamp == nil)
        permission.end()
        #expect(try held.started().runtime.mainPid != nil)
        #expect(try held.result().exitStatus == 0)
      }
      client.close()
    }
  }

  @Test("It can be canceled, and was never started then")
  func canceled() throws {
    try withDaemon { daemon in
      let client = try daemon.connect()
      let scratch = try ScratchDirectory()
      let program = try known(in: scratch, by: client)
      let permission = try SilentPermission(for: program)
      let held = try client.run([program])
      try permission.isAsked()
      _ = try daemon.cancel(try held.queued().id, gracePeriodUSec: 0)
      let job = try held.finished()
      let result = try #require(job.runtime.result)
      #expect(result.cause == .requested && result.startFailure == nil && !result.killed)
      #expect(job.runtime.startedTimestamp == nil && job.runtime.mainPid == nil)
      permission.end()
      client.close()
    }
  }

  @Test("Without control groups it is no other")
  func withoutCgroups() async throws {
    let harness = try JobctlHarness("--cgroup", "none")
    let scratch = try ScratchDirectory()
    let program = try scratch.program()
    for isCanceled in [true, false] {
      let permission = try SilentPermission(for: program)
      let run = try harness.jobctl("run", "-v", "--grace", "0", program)
      try permission.isAsked()
      if isCanceled { run.kill(SIGINT) } else { permission.end() }
      let ended = await run.ended()
      #expect(ended.status == (isCanceled ? 128 + SIGINT : 0), "\(ended.errors)")
      #expect(ended.errors.contains("started, pid") != isCanceled, "\(ended.errors)")
      permission.end()
    }
  }
}

extension ScratchDirectory {
  /// A program of its own that does nothing.
  fileprivate func program() throws -> String {
    _ = try output(of: ["cp", "/bin/true", path("program")])
    return path("program")
  }
}

/// Has the kernel ask before a file is executed, and doesn't answer.
private final class SilentPermission {
  /// Whether the kernel has that, and we may ask for it.
  static let isPermitted: Bool = {
    guard let scratch = try? ScratchDirectory(), let program = try? scratch.program()
    else { return false }
    return (try? SilentPermission(for: program)) != nil
  }()

  private let listener: TestProcess
  private let says: OwnedDescriptor

  init(for file: String) throws {
    let pipe = try LinuxSystem.Pipe()
    var specification = TestProcess.Specification([
      "python3", Python.script("silent_permission.py"), file,
    ])
    specification.output = pipe.writer.raw
    listener = try TestProcess(specification)
    says = pipe.takeReader()
    try hear("marked")
  }

  deinit { end() }

  /// Returns when somebody waits to execute it.
  func isAsked() throws { try hear("asked") }

  /// Everybody may, from now on.
  func end() {
    try? listener.send(.kill)
    _ = try? listener.waitForExit()
  }

  private func hear(_ line: String) throws {
    guard try readLine(says.raw) == line else { throw TestFailure("no permission is asked for") }
  }
}
