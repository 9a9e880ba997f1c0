import Glibc
import LinuxSystem
import SystemPackage
import Testing

@testable import LinuxProcess

/// The daemon of these tests is the process of an exit test.
@Suite("The guardian", .enabled(if: cgroupsAreThere, cgroupsAreMissing))
struct GuardianTests {
  /// Where the daemon keeps its files and its jobs.
  private struct Traces {
    let hierarchy: CgroupHierarchy
    let lock: String
    let socket: String

    init(_ directory: String) throws {
      hierarchy = try CgroupHierarchy.discover()
      lock = directory + "/lock"
      socket = directory + "/socket"
    }

    /// Opens and locks the lock file, as the daemon does; `nil` while somebody has it.
    func locked() throws -> OwnedDescriptor? {
      let file = try OwnedDescriptor.open(lock, .readWrite, options: .create)
      guard flock(file.raw.rawValue, LOCK_EX | LOCK_NB) == 0 else { return nil }
      return consume file
    }

    /// Waits until the guardian is done: it lets go of the lock with its exit.
    func waitForGuardian(_ held: borrowing OwnedDescriptor) throws {
      var patience = Patience(seconds: hangGuardSeconds)
      while flock(held.raw.rawValue, LOCK_EX | LOCK_NB) != 0 {
        guard patience.wait(for: nil, events: 0) else { throw Unexpected("the lock is kept") }
      }
    }

    func isThere(_ cgroup: String) -> Bool {
      do {
        _ = try hierarchy.open(cgroup)
        return true
      } catch {
        return false
      }
    }
  }

  @Test("Case 45: A daemon killed by SIGKILL leaves no process, no cgroup, no socket and no lock")
  func killed() async throws {
    let scratch = try ScratchDirectory()
    let traces = try Traces(scratch.path)
    let lock = try OwnedDescriptor.open(traces.lock, .readWrite, options: .create)
    let sandbox = try Sandbox()
    let (path, base) = (scratch.path, sandbox.root.base.path + "/guarded")
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = path as String, base = base as String] in
      let traces = try Traces(path)
      guard let lock = try traces.locked() else { throw Unexpected("the lock is held") }
      _ = try OwnedDescriptor.open(traces.socket, .writeOnly, options: .create)
      let root = try JobRoot.open(.inside(path: base), in: traces.hierarchy)
      let files = Guardian.Files(
        lock: lock.raw, lockPath: traces.lock, socketPath: traces.socket)
      let guardian = try Guardian.start(for: root, files: files)
      let spawner = try Spawner(method: SpawnMethod(), limits: [])
      let null = try OwnedDescriptor.open("/dev/null", .readWrite)
      for number in 1...3 {
        let leaf = try JobLeaf.create(in: root, name: "\(number)")
        _ = try spawner.spawn(
          SpawnSpecification(
            arguments: [
              "/bin/sh", "-c", "trap '' TERM HUP; (setsid sleep 1000 & exit 0); sleep 1000 & wait",
            ]), in: leaf, input: null.raw, output: null.raw, error: null.raw)
        try leaf.waitForProcesses(atLeast: 3)
        _ = try leaf.cgroup.child("nested").child("deeper")
      }
      kill(getpid(), guardian.pid == 0 ? SIGABRT : SIGKILL)
    }
    try traces.waitForGuardian(lock)
    #expect(!traces.isThere(base))
    #expect(try fileNames(in: scratch.path).isEmpty)
  }

  @Test("Told to stand down, it exits and touches nothing")
  func standDown() async throws {
    let scratch = try ScratchDirectory()
    let path = scratch.path
    await #expect(processExitsWith: .success) { [path = path as String] in
      let traces = try Traces(path)
      let sandbox = try Sandbox()
      let leaf = try sandbox.leaf()
      let child = try sandbox.start("exec sleep 1000", in: leaf)
      let guardian = try Self.start(guarding: sandbox.root, traces)
      try guardian.standDown()
      #expect(try child.reap() == nil)
      #expect(try fileNames(in: path) == ["lock"])
      #expect(try Orphans.exitedChild() == nil)
      let again = try traces.locked()
      if again == nil { Issue.record("the guardian kept the lock") }
      try leaf.kill()
      _ = try child.pidfd.waitForExit()
    }
  }

  @Test("Who lets go of it is dead to it, and lives")
  func dropped() async throws {
    let scratch = try ScratchDirectory()
    let path = scratch.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let traces = try Traces(path)
      let sandbox = try Sandbox()
      let leaf = try sandbox.leaf()
      let child = try sandbox.start("exec sleep 1000", in: leaf)
      do { _ = try Self.start(guarding: sandbox.root, traces) }
      let exit = try child.pidfd.waitForExit()
      #expect(exit.status == .signaled(.kill, coreDumped: false))
      try traces.waitForGuardian(
        try OwnedDescriptor.open(traces.lock, .readWrite, options: .create))
      // The sandbox is the guardian's to remove.
      kill(getpid(), SIGKILL)
    }
  }

  @Test("It is deaf to the signals that end a session, and keeps none of its descriptors open")
  func detached() async throws {
    let scratch = try ScratchDirectory()
    let path = scratch.path
    await #expect(processExitsWith: .success) { [path = path as String] in
      let traces = try Traces(path)
      let sandbox = try Sandbox()
      let guardian = try Self.start(guarding: sandbox.root, traces)
      var patience = Patience(seconds: hangGuardSeconds)
      while try fileNames(in: "/proc/\(guardian.pid)/fd").count != 9,
        patience.wait(for: nil, events: 0)
      {}
      // Null three times; lifeline, daemon, signals, jobs, parent and lock.
      #expect(try fileNames(in: "/proc/\(guardian.pid)/fd").count == 9)
      #expect(try SmallFile.readText("/proc/\(guardian.pid)/comm") == "jobd-guardian\n")
      let status = try SmallFile.readText("/proc/\(guardian.pid)/status")
      let blocked = try #require(status.split(separator: "\n").first { $0.hasPrefix("SigBlk:\t") })
      let mask = try #require(UInt64(blocked.dropFirst("SigBlk:\t".count), radix: 16))
      for signal in [Signal.terminate, .interrupt, .hangup, .quit, .pipe, .userDefined1] {
        #expect(mask >> UInt64(signal.rawValue - 1) & 1 == 1, "\(signal) would end it")
        try guardian.pidfd.send(signal)
      }
      #expect(getsid(guardian.pid) == guardian.pid)
      try guardian.standDown()
    }
  }

  @Test("A lock file that somebody else made meanwhile is not removed, nor his socket")
  func foreignLock() async throws {
    let scratch = try ScratchDirectory()
    let traces = try Traces(scratch.path)
    let path = scratch.path
    let lock = try OwnedDescriptor.open(traces.lock, .readWrite, options: .create)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let traces = try Traces(path)
      let sandbox = try Sandbox()
      _ = try Self.start(
        guarding: sandbox.root, traces,
        thenDo: {
          _ = unsafe unlink(traces.lock)
          _ = try OwnedDescriptor.open(traces.lock, .writeOnly, options: .create)
          _ = try OwnedDescriptor.open(traces.socket, .writeOnly, options: .create)
          kill(getpid(), SIGKILL)
        })
    }
    try traces.waitForGuardian(lock)
    #expect(try fileNames(in: path).sorted() == ["lock", "socket"])
  }

  private static func start(
    guarding root: borrowing JobRoot, _ traces: Traces, thenDo body: () throws -> Void = {}
  ) throws -> Guardian {
    guard let lock = try traces.locked() else { throw Unexpected("the lock is held") }
    let files = Guardian.Files(lock: lock.raw, lockPath: traces.lock, socketPath: traces.socket)
    let guardian = try Guardian.start(for: root, files: files)
    try body()
    return guardian
  }
}
