import Glibc
import LinuxSystem
import SystemPackage
import Testing

@testable import LinuxProcess

@Suite("A job's leaf", .enabled(if: cgroupsAreThere, cgroupsAreMissing))
struct LeafTests {
  @Test("A name that is in use is refused")
  func exclusive() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf("1")
    let error = #expect(throws: SystemError.self) { _ = try sandbox.leaf("1") }
    #expect(error?.errno == .fileExists)
    #expect(error?.subject == leaf.path)
  }

  @Test("It is populated from before the program runs until the last process has gone")
  func populated() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    #expect(try !leaf.isPopulated())
    let child = try sandbox.start("exec sleep 1000", in: leaf)
    #expect(try leaf.isPopulated())
    try child.pidfd.send(.kill)
    _ = try child.pidfd.waitForExit()
    // No wait: reaped is gone.
    #expect(try !leaf.isPopulated())
  }

  @Test("Its path is what the job sees as its cgroup")
  func path() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf("17")
    let seen = try sandbox.output(of: "cat /proc/self/cgroup", in: leaf)
    #expect(seen.split(separator: "\n").contains("0::\(leaf.path)"))
    #expect(leaf.path.hasSuffix("/jobs/17"))
  }

  @Test("It can't be removed while a process lives, and can be right after")
  func busy() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    let child = try sandbox.start("exec sleep 1000", in: leaf)
    #expect(leaf.remove() == .busy(.resourceBusy))
    try leaf.kill()
    _ = try child.pidfd.waitForExit()
    #expect(leaf.remove() == .removed)
    #expect(leaf.remove() == .removed)
  }

  @Test("A process in a cgroup that the job made keeps it, empty ones beside it go")
  func busyInside() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    for name in ["a", "b", "c", "a/x", "b/x", "c/x", "b/x/y"] { _ = try leaf.cgroup.child(name) }
    let child = try sandbox.start("exec sleep 1000", in: leaf)
    try leaf.cgroup.open("b/x/y").write("\(child.pid)", to: "cgroup.procs")
    #expect(leaf.remove() == .busy(.resourceBusy))
    #expect(leaf.cgroup.members().isEmpty)
    #expect(try leaf.isPopulated())
    try leaf.kill()
    _ = try child.pidfd.waitForExit()
    #expect(leaf.remove() == .removed)
  }

  @Test("Case 24: Cgroups nested deeper than descriptors would reach are removed")
  func deep() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    var level = try leaf.cgroup.child("d")
    for _ in 0..<300 { level = try level.child("d") }
    for name in ["a", "b", "c"] { _ = try level.child(name) }
    #expect(leaf.remove() == .removed)
  }

  @Test("Cgroups with names that are no text are removed")
  func oddNames() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    let directory = "/proc/self/fd/\(leaf.cgroup.directory.raw.rawValue)"
    let path = FilePath(bytes: Array(directory.utf8) + Array("/\u{fffd} ".utf8) + [0xff])
    try makeDirectory(path)
    #expect(try Subdirectories.names(in: leaf.cgroup.directory.raw).count == 1)
    #expect(leaf.remove() == .removed)
  }

  @Test("What the kernel accounts for is read; what it doesn't is nil, not zero")
  func usage() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    _ = try sandbox.output(of: "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done", in: leaf)
    let usage = leaf.usage()
    let cpu = try #require(usage.cpuUSec)
    #expect(cpu > 1000)
    #expect(usage.cpuUserUSec != nil && usage.cpuSystemUSec != nil)
    let controllers = try leaf.cgroup.read("cgroup.controllers")
    #expect((usage.memoryPeakBytes != nil) == controllers.contains("memory"))
    #expect((usage.ioReadBytes != nil) == controllers.contains("io"))
  }

  @Test("Bytes read and written are summed over all devices")
  func io() {
    let text = "8:0 rbytes=100 wbytes=7 rios=3\n8:16 rbytes=23 wbytes=0 rios=1\n"
    #expect(JobLeaf.sum(of: "rbytes=", in: text) == 123)
    #expect(JobLeaf.sum(of: "wbytes=", in: text) == 7)
    #expect(JobLeaf.sum(of: "rbytes=", in: "") == 0)
  }

  @Test("The end of the last process is notified on the events' descriptor")
  func notification() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    let child = try sandbox.start("exec sleep 1000", in: leaf)
    let events = try leaf.openEvents()
    try child.pidfd.send(.kill)
    // A notification follows what was read last; it may also be that of the birth, told late.
    while true {
      try events.raw.seek(offset: 0, from: .start)
      if try readToEnd(events.raw).contains("populated 0") { break }
      #expect(try poll(events.raw, for: POLLPRI))
    }
    _ = try child.pidfd.waitForExit()
  }
}
