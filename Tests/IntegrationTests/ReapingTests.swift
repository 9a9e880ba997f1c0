import JobProtocol
import LinuxSystem
import TestSupport
import Testing
import Varlink

@Suite("Each process of a job is heard of once, and no other is touched", .needsCgroups)
struct ReapingTests {
  @Test("Case 31: Two hundred jobs that end at once, unseen by jobd, are told once each")
  func coalesced() throws {
    try withDaemon { daemon in
      let pipe = try LinuxSystem.Pipe()
      let jobs = try (0..<200).map { _ in
        try daemon.run(.untilInputEnds, descriptors: [pipe.reader.raw])
      }
      let mains = try jobs.map { Int32(try #require(try $0.started().runtime.mainPid)) }

      // Stopped, it finds a single SIGCHLD for all of them when it goes on.
      try daemon.suspend()
      _ = pipe.takeReader()
      for main in mains {
        try waitUntil("\(main) has ended") { try ProcessFiles(main).state() == "Z" }
      }
      try daemon.send(.continue)
      for job in jobs {
        let result = try job.result()
        #expect(result.cause == .exited)
        #expect(result.exitStatus == 9)
      }
      // Another reply would be there by now.
      #expect(try daemon.describe().running == 0)
      for job in jobs { #expect(try job.client.isQuiet()) }
    }
  }

  @Test("Case 32: A child that jobd didn't make is reaped when it ends, and not ended")
  func foreignChild() throws {
    var options = TestDaemon.Options()
    options.wrapper = ["/bin/sh", "-c", "sleep infinity & sleep infinity & exec \"$@\"", "sh"]
    try withDaemon(options) { daemon in
      let foreign = try ProcessFiles(daemon.pid).children().filter {
        try ProcessFiles($0).name() == "sleep"
      }
      #expect(foreign.count == 2)
      let (first, second) = (foreign[0], foreign[1])
      for _ in 0..<20 { #expect(try daemon.shell("exit 3").result().exitStatus == 3) }
      try Pidfd.open(first).send(.kill)
      try waitUntil("it was reaped") { !exists("/proc/\(first)") }

      let survivor = try Pidfd.open(second)
      try daemon.stop()
      #expect(try !isReadable(survivor.descriptor.raw))
      try survivor.send(.kill)
    }
  }

  /// A jobd that orphans come to.
  private func withSubreaper(_ body: (TestDaemon) throws -> Void) throws {
    var options = TestDaemon.Options()
    // prctl(2), PR_SET_CHILD_SUBREAPER. It survives the execution of jobd.
    let subreaper = """
      import ctypes, os, sys
      assert ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) == 0
      os.execv(sys.argv[1], sys.argv[1:])
      """
    options.wrapper = ["python3", "-c", subreaper]
    try withDaemon(options, body)
  }

  @Test("Case 32: Orphans of jobs that come to jobd are ended and reaped with their jobs")
  func orphans() throws {
    try withSubreaper { daemon in
      for _ in 0..<10 {
        let job = try daemon.shell("(setsid sh -c 'echo $$; exec sleep infinity' &); read line") {
          $0.context.stop = StopContext(closeStandardInput: true)
        }
        let orphan = try #require(Int32(try job.line()))
        try waitUntil("it came to jobd") {
          try ProcessFiles(daemon.pid).children().contains(orphan)
        }
        try job.client.halfClose()
        #expect(try job.result().cause == .disconnected)
        try waitUntil("the orphan was reaped") { !exists("/proc/\(orphan)") }
      }
    }
  }

  @Test("Orphans are reaped that end at once, unseen by jobd, more than it reaps in one turn")
  func manyOrphans() throws {
    try withSubreaper { daemon in
      let own = try ProcessFiles(daemon.pid).children()
      let job = try daemon.shell(
        "for i in $(seq 300); do (setsid sleep infinity &); done; echo; exec sleep infinity")
      _ = try job.line()
      let main = Int32(try #require(try job.started().runtime.mainPid))
      func adopted() throws -> [Int32] {
        try ProcessFiles(daemon.pid).children().filter { $0 != main && !own.contains($0) }
      }
      try waitUntil("they came to jobd") { try adopted().count == 300 }
      let orphans = try adopted()

      try daemon.suspend()
      for orphan in orphans { try Pidfd.open(orphan).send(.kill) }
      for orphan in orphans {
        try waitUntil("\(orphan) has ended") { try ProcessFiles(orphan).state() == "Z" }
      }
      try daemon.send(.continue)
      for orphan in orphans {
        try waitUntil("\(orphan) was reaped") { !exists("/proc/\(orphan)") }
      }
      try job.client.halfClose()
      #expect(try job.result().cause == .disconnected)
    }
  }

  @Test("An orphan is reaped while the start of another job is held up")
  func orphanBesideStart() throws {
    try withSubreaper { daemon in
      let own = try ProcessFiles(daemon.pid).children()
      let freezer = "\(daemon.jobsDirectory)/cgroup.freeze"
      let job = try daemon.shell(
        "(setsid sh -c 'echo $$; exec sleep infinity' &); exec sleep infinity")
      let orphan = try #require(Int32(try job.line()))
      let main = Int32(try #require(try job.started().runtime.mainPid))
      func others() throws -> [Int32] {
        try ProcessFiles(daemon.pid).children().filter {
          $0 != main && $0 != orphan && !own.contains($0)
        }
      }

      try write("1", to: freezer)
      let starting = try daemon.shell("exit 5")
      // Frozen before it executes anything.
      try waitUntil("its first process was made") { try !others().isEmpty }
      try Pidfd.open(orphan).send(.kill)
      try waitUntil("the orphan was reaped") { !exists("/proc/\(orphan)") }
      #expect(try others().count == 1)

      try write("0", to: freezer)
      #expect(try starting.result().exitStatus == 5)
      try job.client.halfClose()
      #expect(try job.result().cause == .disconnected)
    }
  }

  @Test(
    "Case 30: A stranger that was given the number of a main process is not stopped for it",
    arguments: [Scope.main, .tree])
  func reusedPid(_ scope: Scope) throws {
    try withDaemon { daemon in
      // In a session of its own: the number of a session's leader is not given away.
      let job = try daemon.shell(
        "setsid sh -c \"\(deaf)\" & exit 6",
        stop: StopContext(scope: scope, gracePeriodUSec: 200_000), wait: .tree)
      try job.says("ready\n")
      let main = Int32(try #require(try job.started().runtime.mainPid))
      try waitUntil("the main process was reaped") { !exists("/proc/\(main)") }

      let stranger = try Stranger(pid: main)
      try job.client.halfClose()
      let result = try job.result()
      #expect(result.cause == .disconnected)
      #expect(result.killed)
      #expect(result.exitStatus == 6)
      #expect(try stranger.isAlive)
    }
  }
}

/// A process with a number that it chose; any signal that asks it to end does. clone3(2), set_tid
private final class Stranger {
  private let parent: TestProcess
  private let child: Pidfd

  init(pid: Int32) throws {
    let script = """
      $clone3 = 435; $SIGCHLD = 17; $pid = pack "l", shift;
      $arguments = pack "Q11", 0, 0, 0, 0, $SIGCHLD, 0, 0, 0, unpack("Q", pack "P", $pid), 1, 0;
      $child = syscall $clone3, $arguments, length $arguments;
      exec "sleep", "infinity" if $child == 0;
      $| = 1; print $child > 0 ? "born\\n" : "$!\\n"; waitpid $child, 0;
      """
    let pipe = try LinuxSystem.Pipe()
    var specification = TestProcess.Specification(["perl", "-e", script, "\(pid)"])
    specification.output = pipe.writer.raw
    parent = try TestProcess(specification)
    let reader = pipe.takeReader()
    let answer = try readLine(reader.raw)
    guard answer == "born" else { throw TestFailure("no process \(pid) could be made: \(answer)") }
    child = try Pidfd.open(pid)
  }

  deinit { try? child.send(.kill) }

  var isAlive: Bool {
    get throws { try !isReadable(child.descriptor.raw) && parent.isRunning }
  }
}
