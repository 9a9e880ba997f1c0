import LinuxSystem
import SystemPackage
import Testing

@testable import LinuxProcess

@Suite("Killing a job", .enabled(if: cgroupsAreThere, cgroupsAreMissing))
struct KillTests {
  /// Kills a job that has at least so many processes, and sees that none is left.
  private func kill(_ script: String, processes: Int) throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    let child = try sandbox.start(script, in: leaf)
    try leaf.waitForProcesses(atLeast: processes)
    try leaf.kill()
    try leaf.waitUntilEmpty()
    #expect(try child.pidfd.waitForExit().pid == child.pid)
    #expect(leaf.remove() == .removed)
  }

  @Test("Case 13: A grandchild in a session of its own is killed")
  func setsid() throws {
    try kill("setsid sleep 1000 & sleep 1000", processes: 3)
  }

  @Test(
    "Case 14: A daemon that forked twice, its parents gone, is killed with the main process gone too"
  )
  func doubleFork() throws {
    try kill("(setsid sh -c 'sleep 1000 & exit 0' & exit 0); exit 0", processes: 1)
  }

  @Test("Case 15: A child in a process group of its own is killed")
  func processGroup() throws {
    try kill("set -m; sleep 1000 & sleep 1000 & wait", processes: 3)
  }

  @Test("A child that ignores every signal that can be ignored is killed")
  func ignoring() throws {
    try kill("trap '' TERM INT HUP QUIT; sleep 1000 & wait", processes: 2)
  }

  @Test("A stopped child is killed")
  func stopped() throws {
    try kill("sleep 1000 & kill -STOP $!; kill -STOP $$", processes: 2)
  }

  @Test("Case 20: A fork bomb is killed while it forks")
  func forkBomb() throws {
    // A hundred lines of descent: every process starts the next and exits.
    let script = """
      exec python3 -c '
      import os, time
      for _ in range(100):
        if os.fork() == 0:
          while True:
            if os.fork(): os._exit(0)
      time.sleep(1000)'
      """
    try kill(script, processes: 50)
  }

  @Test("Case 22: A hundred processes in one leaf are killed")
  func hundred() throws {
    try kill("i=0; while [ $i -lt 100 ]; do sleep 1000 & i=$((i+1)); done; wait", processes: 101)
  }

  @Test("Case 19: A frozen job is killed without being thawed")
  func frozen() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    let child = try sandbox.start("sleep 1000 & wait", in: leaf)
    try leaf.waitForProcesses(atLeast: 2)
    try leaf.cgroup.write("1", to: "cgroup.freeze")
    try leaf.kill()
    try leaf.waitUntilEmpty()
    #expect(try child.pidfd.waitForExit().status == .signaled(.kill, coreDumped: false))
  }

  @Test("Case 22: Processes in a tree of ten nested cgroups are killed, and the tree removed")
  func nestedTree() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    let parents = try makeChain(in: leaf, levels: 10)
    let children = try startOne(in: parents, of: leaf, sandbox)
    #expect(leaf.remove() == .busy(.resourceBusy))
    try leaf.kill()
    try leaf.waitUntilEmpty()
    for pid in children { try reap(pid) }
    #expect(leaf.remove() == .removed)
  }

  @Test("Case 23: A process in a threaded cgroup that the job made is killed from the leaf")
  func threadedChild() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    let sub = try leaf.cgroup.child("threads")
    try sub.write("threaded", to: "cgroup.type")
    let child = try sandbox.start("sleep 1000 & wait", in: leaf)
    try leaf.waitForProcesses(atLeast: 2)
    try sub.write("\(child.pid)", to: "cgroup.threads")
    try leaf.kill()
    try leaf.waitUntilEmpty()
    _ = try child.pidfd.waitForExit()
    #expect(leaf.remove() == .removed)
  }

  @Test("A leaf that the job itself made threaded is killed process by process")
  func threadedLeaf() throws {
    let sandbox = try Sandbox()
    let outer = try sandbox.leaf()
    let leaf = try JobLeaf.create(in: outer.cgroup, name: "inner")
    try leaf.cgroup.write("threaded", to: "cgroup.type")
    let child = try sandbox.start("sleep 1000 & wait", in: leaf)
    try leaf.waitForProcesses(atLeast: 2)
    #expect(throws: SystemError.self) { try leaf.cgroup.write("1", to: "cgroup.kill") }
    try leaf.kill()
    try outer.waitUntilEmpty()
    #expect(try child.pidfd.waitForExit().status == .signaled(.kill, coreDumped: false))
  }

  @Test("A leaf with some processes is small; one with many, or with a cgroup in it, is not")
  func smallness() throws {
    let sandbox = try Sandbox()
    let few = try sandbox.leaf("few")
    _ = try sandbox.start("sleep 1000 & wait", in: few)
    try few.waitForProcesses(atLeast: 2)
    let isFewSmall = few.cgroup.isSmall()
    #expect(isFewSmall)
    _ = try few.cgroup.child("inner")
    let isNestedSmall = few.cgroup.isSmall()
    #expect(!isNestedSmall)
    let many = try sandbox.leaf("many")
    _ = try sandbox.start("for i in $(seq 64); do sleep 1000 & done; wait", in: many)
    try many.waitForProcesses(atLeast: 65)
    let isManySmall = many.cgroup.isSmall()
    #expect(!isManySmall)
  }

  // MARK: helpers

  private func makeChain(in leaf: borrowing JobLeaf, levels: Int) throws -> [String] {
    var paths: [String] = []
    for level in 1...levels {
      let path = (1...level).map { "n\($0)" }.joined(separator: "/")
      _ = try leaf.cgroup.child(path)
      paths.append(path)
    }
    return paths
  }

  private func startOne(
    in paths: [String], of leaf: borrowing JobLeaf, _ sandbox: borrowing Sandbox
  ) throws -> [Int32] {
    var pids: [Int32] = []
    for path in paths {
      let child = try sandbox.start("exec sleep 1000", in: leaf)
      try leaf.cgroup.open(path).write("\(child.pid)", to: "cgroup.procs")
      pids.append(child.pid)
    }
    return pids
  }

  private func reap(_ pid: Int32) throws {
    _ = try Pidfd.open(pid).waitForExit()
  }
}
