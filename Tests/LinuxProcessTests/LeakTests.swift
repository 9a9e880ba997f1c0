import CLinux
import Glibc
import LinuxSystem
import SystemPackage
import Testing

@testable import LinuxProcess

/// In processes of their own, where nobody else opens descriptors or has children.
@Suite("Leaving nothing behind", .enabled(if: cgroupsAreThere, cgroupsAreMissing))
struct LeakTests {
  @Test("Case 50: A thousand jobs, one after the other, leave no descriptor, leaf or zombie")
  func thousand() async throws {
    await #expect(processExitsWith: .success) {
      let sandbox = try Sandbox()
      let null = try OwnedDescriptor.open("/dev/null", .readWrite)
      let specification = try SpawnSpecification(arguments: ["/bin/true"])
      let before = try openFiles()
      for number in 0..<1000 {
        let leaf = try sandbox.leaf("\(number)")
        let child = try sandbox.spawner.spawn(
          specification, in: leaf, input: null.raw, output: null.raw, error: null.raw)
        let status = try child.pidfd.waitForExit().status
        #expect(status == .exited(code: 0), "\(number) ended with \(status)")
        // The kernel may still be taking the process out of it, and says EBUSY.
        var patience = Patience(seconds: 60)
        while leaf.remove() != .removed, patience.wait(for: nil, events: 0) {}
      }
      // What the library passes on of an expectation in another process is its comment.
      let (after, leaves) = (try openFiles(), try leaves(of: sandbox.root))
      #expect(after == before, "open are \(after), and were \(before)")
      #expect(leaves.isEmpty, "left are \(leaves)")
      let zombie = try Orphans.exitedChild()
      #expect(zombie == nil, "a zombie: \(zombie ?? 0)")
    }
  }

  @Test(
    "Case 36: Failures of every kind leave no descriptor and no child",
    arguments: allMethods.indices)
  func failures(method: Int) async throws {
    await #expect(processExitsWith: .success) { [method] in
      let sandbox = try Sandbox(method: allMethods[method])
      let null = try OwnedDescriptor.open("/dev/null", .readWrite)
      let closed = FileDescriptor(rawValue: 1_000_000)
      let gone = try sandbox.leaf("gone")
      _ = gone.remove()
      let leaf = try sandbox.leaf("leaf")
      let long = String(repeating: "x", count: 200_000)
      let good = try SpawnSpecification(arguments: ["/bin/true"])
      let bad = try [
        SpawnSpecification(arguments: ["no-such-command"]),
        SpawnSpecification(arguments: ["/etc/passwd"]),
        SpawnSpecification(arguments: ["/bin/true", long]),
        SpawnSpecification(arguments: ["/bin/true"], workingDirectory: "/no/such/directory"),
      ]
      let before = try openFiles()
      for _ in 0..<20 {
        for specification in bad {
          #expect(throws: SpawnFailure.self) {
            _ = try sandbox.spawner.spawn(
              specification, in: leaf, input: null.raw, output: null.raw, error: null.raw)
          }
        }
        #expect(throws: SpawnFailure.self) {
          _ = try sandbox.spawner.spawn(
            good, in: leaf, input: null.raw, output: closed, error: null.raw)
        }
        let refused = #expect(throws: SpawnFailure.self) {
          _ = try sandbox.spawner.spawn(
            good, in: gone, input: null.raw, output: null.raw, error: null.raw)
        }
        #expect(refused?.step == .controlGroup)
      }
      let after = try openFiles()
      #expect(after == before, "open are \(after), and were \(before)")
      // Also of those that tell nobody of their exit, and that another thread has started.
      var exit = clinux_exit()
      #expect(unsafe clinux_reap_any(&exit) == -ECHILD)
      #expect(try !leaf.isPopulated())
    }
  }

  @Test("A failed start is never an exited child to somebody who waits for any")
  func invisibleFailure() async throws {
    await #expect(processExitsWith: .success) {
      let sandbox = try Sandbox()
      let leaf = try sandbox.leaf()
      for _ in 0..<100 {
        #expect(throws: SpawnFailure.self) {
          _ = try sandbox.start(
            SpawnSpecification(arguments: ["/no/such/file"]), in: leaf)
        }
        #expect(try Orphans.exitedChild() == nil)
      }
    }
  }

  @Test(
    "Case 32: Orphans come to the subreaper and are reaped; a job's main process is left to its owner"
  )
  func orphans() async throws {
    await #expect(processExitsWith: .success) {
      try Orphans.adopt()
      let sandbox = try Sandbox()
      let leaf = try sandbox.leaf()
      // The shell ends at once; what it leaves ends after it.
      let child = try sandbox.start("sh -c 'sleep 0.05; exit 3' & exit 0", in: leaf)
      #expect(try child.pidfd.waitForExit().status == .exited(code: 0))
      try leaf.waitUntilEmpty()
      let orphan = try #require(try Orphans.exitedChild())
      #expect(orphan != child.pid)
      #expect(try Orphans.reap(orphan)?.pid == orphan)
      #expect(throws: SystemError.self) { try Orphans.reap(orphan) }
    }
  }

  @Test("Case 31: Many that exit at once are each told once")
  func coalesced() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    var pids: Set<Int32> = []
    var pidfds: [FileDescriptor] = []
    for _ in 0..<100 {
      let child = try sandbox.start("exec sleep 1000", in: leaf)
      pids.insert(child.pid)
      pidfds.append(try child.pidfd.descriptor.raw.duplicate())
    }
    try leaf.kill()
    for descriptor in pidfds {
      let pidfd = Pidfd(adopting: OwnedDescriptor(adopting: descriptor))
      #expect(pids.remove(try pidfd.waitForExit().pid) != nil)
      #expect(throws: SystemError.self) { try pidfd.reap() }
    }
    #expect(pids.isEmpty)
  }
}

/// What this process has open, but what Dispatch has, which makes its timer when it first needs one: in
/// the middle of a test, if the machine is busy.
func openFiles() throws -> [String] {
  let ofDispatch = ["eventpoll", "eventfd", "timerfd"].map { "anon_inode:[\($0)]" }
  return try fileNames(in: "/proc/self/fd").compactMap { number in
    let target = unsafe [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
      // What was read to list them is closed again: it has no target.
      count = unsafe buffer.withMemoryRebound(to: CChar.self) {
        unsafe max(0, readlink("/proc/self/fd/\(number)", $0.baseAddress!, $0.count))
      }
    }
    let file = String(decoding: target, as: UTF8.self)
    return ofDispatch.contains(file) ? nil : file
  }.sorted()
}

func leaves(of root: borrowing JobRoot) throws -> [String] {
  try Subdirectories.names(in: root.jobs.directory.raw).map(Subdirectories.text)
}
