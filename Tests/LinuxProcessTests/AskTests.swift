import LinuxSystem
import SystemPackage
import Testing

@testable import LinuxProcess

@Suite("Asking a job to end", .enabled(if: cgroupsAreThere, cgroupsAreMissing))
struct AskTests {
  private let polite = "trap 'exit 3' TERM; echo; while :; do sleep 0.01; done"

  @Test("The signal reaches children in sessions and groups of their own")
  func everyone() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    let child = try sandbox.start("setsid sleep 1000 & sleep 1000 & exec sleep 1000", in: leaf)
    try leaf.waitForProcesses(atLeast: 3)
    #expect(leaf.signalTree(.terminate) == .init(reached: 3))
    try leaf.waitUntilEmpty()
    #expect(try child.pidfd.waitForExit().status == .signaled(.terminate, coreDumped: false))
  }

  @Test("Case 18: A stopped process hears it")
  func stopped() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    let child = try sandbox.startAndWait(polite, in: leaf)
    try child.pidfd.send(.stop)
    leaf.signalTree(.terminate)
    #expect(try child.pidfd.waitForExit().status == .exited(code: 3))
  }

  @Test("The main process alone, stopped, hears what is for it alone")
  func mainOnly() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    let child = try sandbox.startAndWait(polite, in: leaf)
    try child.pidfd.send(.stop)
    try child.ask(.terminate)
    #expect(try child.pidfd.waitForExit().status == .exited(code: 3))
  }

  @Test("A process that is gone is no error to ask")
  func gone() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    let child = try sandbox.start("exit 0", in: leaf)
    _ = try child.pidfd.waitForExit()
    try child.ask(.terminate)
    #expect(throws: SystemError.self) { try child.pidfd.send(.terminate) }
  }

  @Test("A job frozen in a cgroup that it made itself is thawed and hears it")
  func frozenInside() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    let inner = try leaf.cgroup.child("inner")
    let child = try sandbox.startAndWait(polite, in: leaf)
    try inner.write("\(child.pid)", to: "cgroup.procs")
    try inner.write("1", to: "cgroup.freeze")
    try leaf.cgroup.write("1", to: "cgroup.freeze")
    leaf.signalTree(.terminate)
    #expect(try child.pidfd.waitForExit().status == .exited(code: 3))
  }

  @Test("Case 30: Processes of another job, of the daemon or of nobody are never opened as members")
  func strangers() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf("1")
    let other = try sandbox.leaf("11")
    let child = try sandbox.start("exec sleep 1000", in: other)
    // What a number read from the leaf means after its owner died and it was given away.
    for stranger in [child.pid, 1, 0x3fff_fff0] {
      if let _ = leaf.cgroup.open(member: stranger) { Issue.record("\(stranger) was opened") }
    }
    let own = other.cgroup.open(member: child.pid)
    if own == nil { Issue.record("a member was not opened") }
    try other.kill()
    _ = try child.pidfd.waitForExit()
  }

  @Test("Those that are left are told with pid, name and state")
  func processes() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    let specification = try SpawnSpecification(
      arguments: ["sleep", "1000"], environment: ["PATH=/usr/bin:/bin"])
    let child = try sandbox.start(specification, in: leaf)
    try child.pidfd.send(.stop)
    var patience = Patience(seconds: hangGuardSeconds)
    while leaf.processes(limit: 10).first?.state != "T", patience.wait(for: nil, events: 0) {}
    let processes = leaf.processes(limit: 10)
    #expect(processes.map(\.pid) == [child.pid])
    #expect(processes.first?.command == "sleep")
    #expect(processes.first?.state == "T")
    #expect(leaf.processes(limit: 0).isEmpty)
    try leaf.kill()
    _ = try child.pidfd.waitForExit()
  }
}
