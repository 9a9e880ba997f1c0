import Glibc
import LinuxSystem
import SystemPackage
import Testing

@testable import LinuxProcess

@Suite("The root of all jobs", .enabled(if: cgroupsAreThere, cgroupsAreMissing))
struct JobRootTests {
  @Test("The probe finds the way into a cgroup and leaves nothing behind")
  func probe() throws {
    let sandbox = try Sandbox()
    let method = try sandbox.root.probe()
    #expect(method.entry == .birth)
    #expect(try Subdirectories.names(in: sandbox.root.jobs.directory.raw).isEmpty)
  }

  @Test("Case 27: The jobs of an earlier daemon are killed and their leaves removed")
  func sweep() throws {
    let sandbox = try Sandbox()
    var pids: [Int32] = []
    for name in ["1", "2", "3"] {
      let leaf = try sandbox.leaf(name)
      let child = try sandbox.start("trap '' TERM; setsid sleep 1000 & wait", in: leaf)
      try leaf.waitForProcesses(atLeast: 2)
      pids.append(child.pid)
    }
    // One that the earlier daemon had frozen, and a process that is in no leaf.
    try sandbox.root.jobs.write("1", to: "cgroup.freeze")
    try sandbox.root.jobs.write("\(pids[0])", to: "cgroup.procs")

    let leftovers = try sandbox.root.sweep()
    #expect(leftovers.leaves == 3)
    #expect(leftovers.stuck.isEmpty)
    #expect(try !sandbox.root.isPopulated())
    #expect(try Subdirectories.names(in: sandbox.root.jobs.directory.raw).isEmpty)
    for pid in pids { _ = try Pidfd.open(pid).waitForExit() }
  }

  @Test("Without leftovers there is nothing to sweep")
  func sweepNothing() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.root.sweep() == .init())
  }

  @Test("A root that an earlier daemon left is opened again under the same tag")
  func reopened() throws {
    let sandbox = try Sandbox()
    _ = try sandbox.leaf("7")
    let madeName = sandbox.root.madeName
    let name = try #require(madeName)
    let tag = String(name.dropFirst("jobd-".count))
    let again = try JobRoot.open(.automatic(tag: tag), in: try CgroupHierarchy.discover())
    #expect(again.path == sandbox.root.path)
    #expect(try again.sweep().leaves == 1)
  }

  @Test("A place given by its path is made if need be, and then removed; a given one stays")
  func explicit() throws {
    let sandbox = try Sandbox()
    let hierarchy = try CgroupHierarchy.discover()
    let path = sandbox.root.base.path + "/mine"
    do {
      let made = try JobRoot.open(.inside(path: path), in: hierarchy)
      #expect(made.path == path + "/jobs")
      try made.remove()
    }
    #expect(throws: SystemError.self) { _ = try hierarchy.open(path) }
    _ = try sandbox.root.base.child("mine")
    let given = try JobRoot.open(.inside(path: path), in: hierarchy)
    try given.remove()
    _ = try hierarchy.open(path)
    try sandbox.root.base.remove(child: "mine")
  }

  @Test("A place that can't be had is told with its path, the reason and what to do")
  func impossible() throws {
    let hierarchy = try CgroupHierarchy.discover()
    let error = #expect(throws: JobRootError.self) {
      _ = try JobRoot.open(.inside(path: "/no/such/cgroup"), in: hierarchy)
    }
    #expect(error?.attempts.map(\.place) == ["/no/such/cgroup"])
    #expect(error?.description.contains("ENOENT") == true)
    #expect(error?.description.contains("Delegate=yes") == true)
  }

  /// In a namespace the root that is seen is another's group.
  static func seesRootOfAll() -> Bool {
    guard let root = try? CgroupHierarchy.discover().open("/") else { return false }
    return (try? root.openEvents()) == nil
  }

  @Test(
    "The root of all control groups is left alone, and so is who is in it",
    .enabled(if: JobRootTests.seesRootOfAll()))
  func rootOfAll() throws {
    let hierarchy = try CgroupHierarchy.discover()
    let before = try hierarchy.open("/").members()
    let error = #expect(throws: JobRootError.self) {
      _ = try JobRoot.open(.inside(path: "/"), in: hierarchy)
    }
    #expect(error?.description.contains("EPERM") == true)
    // Others come and go, or are moved by other tests.
    #expect(before.allSatisfy { ProcessStatus.cgroup(of: $0) != "/supervisor" })
    #expect(throws: SystemError.self) { _ = try hierarchy.open("/supervisor") }
    #expect(throws: SystemError.self) { _ = try hierarchy.open("/jobs") }
  }

  @Test("Enabling controllers fails for none that isn't there")
  func controllers() throws {
    let sandbox = try Sandbox()
    #expect(sandbox.root.enableControllers().isEmpty)
  }

  @Test("In a delegated cgroup the daemon moves to supervisor, and jobs go beside it, also again")
  func delegated() async throws {
    await #expect(processExitsWith: .success) {
      let sandbox = try Sandbox()
      let before = try CgroupHierarchy.discover()
      let home = sandbox.root.base.path
      try sandbox.root.base.child("unit").write("\(getpid())", to: "cgroup.procs")
      let helper = try sandbox.start("exec sleep 1000", in: try sandbox.leaf())
      try sandbox.root.base.open("unit").write("\(helper.pid)", to: "cgroup.procs")

      // As systemd does for Delegate=yes.
      let directory = FilePath(bytes: before.mount.mountPoint).string + home + "/unit"
      let mark = "import os; os.setxattr(\"\(directory)\", \"user.delegate\", b\"1\")"
      _ = try sandbox.output(of: "exec python3 -c '\(mark)'", in: try sandbox.leaf("mark"))

      // The second time as after a restart in place, or with DelegateSubgroup=supervisor.
      for placement in [JobRoot.Placement.delegated, .automatic(tag: "unused")] {
        let hierarchy = try CgroupHierarchy.discover()
        let root = try JobRoot.open(placement, in: hierarchy)
        #expect(root.path == home + "/unit/jobs")
        #expect(ProcessStatus.cgroup(of: getpid()) == home + "/unit/supervisor")
        #expect(ProcessStatus.cgroup(of: helper.pid) == home + "/unit/supervisor")
        #expect(try root.probe().entry == .birth)
        try root.remove()
      }
      try helper.pidfd.send(.kill)
      _ = try helper.pidfd.waitForExit()
      try before.open(before.own).write("\(getpid())", to: "cgroup.procs")
      try sandbox.root.base.remove(child: "unit")
    }
  }
}
