import Glibc
import LinuxSystem
import SystemPackage
import Testing

@testable import LinuxProcess

@Suite(
  "A start that holds up the thread that makes it is ended",
  .enabled(if: cgroupsAreThere, cgroupsAreMissing))
struct StartWatchdogTests {
  private func start(
    _ arguments: String..., in leaf: LeafTree, of sandbox: borrowing Sandbox
  ) throws -> Int32 {
    let null = try OwnedDescriptor.open("/dev/null", .readWrite)
    return try leaf.start(
      SpawnSpecification(arguments: arguments), by: sandbox.spawner,
      input: null.raw, output: null.raw, error: null.raw)
  }

  @Test("One that hangs is, and nothing is left of it; the next one has the same done to it")
  func hangs() throws {
    let sandbox = try Sandbox()
    let watchdog = try StartWatchdog()
    for name in ["1", "2"] {
      let leaf = LeafTree(try sandbox.leaf(name))
      // Nobody gets out of the kernel there, so that nothing is executed.
      try sandbox.root.jobs.write("1", to: "cgroup.freeze")
      watchdog.begins(in: leaf, at: SystemClock.monotonicUSec())
      let failure = #expect(throws: SpawnFailure.self) {
        try start("/bin/true", in: leaf, of: sandbox)
      }
      #expect(failure?.step == .killed)
      #expect(watchdog.isOver())
      leaf.reapUnborn()
      try sandbox.root.jobs.write("0", to: "cgroup.freeze")
      #expect(leaf.removeQuickly())
    }
  }

  @Test("One that is over, or has executed its program, isn't")
  func executes() throws {
    let sandbox = try Sandbox()
    let leaf = LeafTree(try sandbox.leaf())
    #expect(!leaf.killUnborn(), "there is nobody")
    let pid = try start("/bin/sleep", "1000", in: leaf, of: sandbox)
    #expect(!leaf.killUnborn())
    #expect(LeafProcess(pid: pid)?.state != "Z")
    let directory = try #require(leaf.descriptor)
    var patience = Patience(seconds: hangGuardSeconds)
    while try FlatKeyed(SmallFile.read("cgroup.events", in: directory))["frozen"] != 0 {
      guard patience.wait(for: nil, events: 0) else { throw Unexpected("it stays frozen") }
    }
    let watchdog = try StartWatchdog()
    watchdog.begins(in: leaf, at: SystemClock.monotonicUSec())
    #expect(!watchdog.isOver())
    try leaf.kill()
    leaf.reapUnborn()
  }

  @Test("What a program has left isn't taken for it")
  func leaves() throws {
    let sandbox = try Sandbox()
    let leaf = LeafTree(try sandbox.leaf())
    // Its child has executed nothing, and is alone there.
    _ = try start("/bin/sh", "-c", "(while :; do :; done) &", in: leaf, of: sandbox)
    var patience = Patience(seconds: hangGuardSeconds)
    while try leaf.news() == nil {
      guard patience.wait(for: nil, events: 0) else { throw Unexpected("it doesn't exit") }
    }
    #expect(!leaf.killUnborn())
    #expect(try leaf.isPopulated())
    try leaf.kill()
    leaf.reapUnborn()
  }
}
