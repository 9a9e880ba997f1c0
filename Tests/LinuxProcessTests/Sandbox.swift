import CLinux
import Glibc
import LinuxSystem
import Synchronization
import SystemPackage
import Testing

@testable import LinuxProcess

/// A root for the jobs of one test, in the real hierarchy, removed with everything in it.
struct Sandbox: ~Copyable {
  let root: JobRoot
  let spawner: Spawner
  private let children = Children()

  private static let numbers = Atomic(0)

  init(method: SpawnMethod = SpawnMethod()) throws {
    let number = Self.numbers.wrappingAdd(1, ordering: .relaxed).newValue
    let spawner = try Spawner(method: method, limits: try ResourceLimit.allCurrent())
    root = try JobRoot.open(
      .automatic(tag: "test-\(getpid())-\(number)"), in: try CgroupHierarchy.discover())
    self.spawner = spawner
  }

  deinit {
    do {
      _ = try root.sweep()
      try root.remove()
    } catch {
      Issue.record(error, "a test's cgroups could not be removed")
    }
    children.reap()
  }

  func leaf(_ name: String = "1") throws -> JobLeaf {
    try JobLeaf.create(in: root, name: name)
  }

  /// Starts a shell script in a leaf.
  func start(
    _ script: String, in leaf: borrowing JobLeaf, output: FileDescriptor? = nil,
    environment: [String] = ["PATH=/usr/local/bin:/usr/bin:/bin"]
  ) throws -> ChildProcess {
    try start(
      SpawnSpecification(arguments: ["/bin/sh", "-c", script], environment: environment),
      in: leaf, output: output)
  }

  func start(
    _ specification: SpawnSpecification, in leaf: borrowing JobLeaf,
    output: FileDescriptor? = nil
  ) throws -> ChildProcess {
    let null = try OwnedDescriptor.open("/dev/null", .readWrite)
    let child = try spawner.spawn(
      specification, in: leaf, input: null.raw, output: output ?? null.raw, error: null.raw)
    try children.add(child.pid)
    return child
  }

  /// Runs a shell script to its end, and that of all who hold its output.
  func output(of script: String, in leaf: borrowing JobLeaf) throws -> String {
    try output(
      of: SpawnSpecification(
        arguments: ["/bin/sh", "-c", script], environment: ["PATH=/usr/bin:/bin"]), in: leaf)
  }

  func output(of specification: SpawnSpecification, in leaf: borrowing JobLeaf) throws -> String {
    String(decoding: try bytes(of: specification, in: leaf), as: UTF8.self)
  }

  func bytes(of specification: SpawnSpecification, in leaf: borrowing JobLeaf) throws -> [UInt8] {
    let pipe = try LinuxSystem.Pipe()
    let child = try start(specification, in: leaf, output: pipe.writer.raw)
    let reader = pipe.takeReader()
    let bytes = try readBytes(reader.raw)
    _ = try child.pidfd.waitForExit()
    return bytes
  }

  /// Starts a script and waits until it has written a line: it is where the test wants it.
  func startAndWait(_ script: String, in leaf: borrowing JobLeaf) throws -> ChildProcess {
    let pipe = try LinuxSystem.Pipe()
    let child = try start(script, in: leaf, output: pipe.writer.raw)
    let reader = pipe.takeReader()
    var byte: UInt8 = 0
    while byte != UInt8(ascii: "\n") {
      guard try poll(reader.raw, for: POLLIN) else { throw Unexpected("not ready: \(script)") }
      let count = try unsafe withUnsafeMutableBytes(of: &byte) {
        try unsafe reader.raw.read(into: $0)
      }
      if count == 0 { throw Unexpected("the script ended before it was ready: \(script)") }
    }
    return child
  }
}

/// The children of one test, so that one that fails leaves no zombie: the testing library waits for
/// exit tests with waitid(P_ALL), and a zombie of somebody else's is all that it would ever see.
private final class Children {
  private var descriptors: [FileDescriptor] = []

  func add(_ pid: Int32) throws {
    let pidfd = try Pidfd.open(pid)
    descriptors.append(try pidfd.descriptor.raw.duplicate())
  }

  func reap() {
    for descriptor in descriptors {
      let pidfd = Pidfd(adopting: OwnedDescriptor(adopting: descriptor))
      // ECHILD when the test has done so, as it should.
      _ = try? pidfd.waitForExit()
    }
  }
}

struct Unexpected: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

func readToEnd(_ file: FileDescriptor) throws -> String {
  String(decoding: try readBytes(file), as: UTF8.self)
}

func readBytes(_ file: FileDescriptor) throws -> [UInt8] {
  var bytes: [UInt8] = []
  while true {
    guard try poll(file, for: POLLIN) else { throw Unexpected("an output doesn't end") }
    let part = try unsafe [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
      count = try unsafe file.read(into: UnsafeMutableRawBufferPointer(buffer))
    }
    if part.isEmpty { return bytes }
    bytes += part
  }
}

/// Where a test needs cgroups and there are none to be had.
let cgroupsAreMissing: Comment = "needs a cgroup v2 hierarchy that may be written to (run as root)"

/// Whether there is a place for jobs here.
let cgroupsAreThere: Bool = {
  guard let hierarchy = try? CgroupHierarchy.discover(),
    let root = try? JobRoot.open(.automatic(tag: "test-\(getpid())"), in: hierarchy)
  else { return false }
  try? root.remove()
  return true
}()

/// A generous end for what must happen: a test that gets here has failed, whatever the machine.
let hangGuardSeconds =
  unsafe getenv("JOBD_HANG_SECONDS").flatMap {
    unsafe Int(String(cString: $0))
  } ?? 60

extension Pidfd {
  /// Waits until the process has ended, and reaps it.
  borrowing func waitForExit() throws -> ProcessExit {
    guard try poll(descriptor.raw, for: POLLIN) else { throw Unexpected("a process doesn't end") }
    return try waitAndReap()
  }
}

extension JobLeaf {
  /// Waits until no process of the job lives.
  borrowing func waitUntilEmpty() throws {
    var patience = Patience(seconds: hangGuardSeconds)
    guard try cgroup.waitUntilEmpty(&patience) else { throw Unexpected("\(path) stays populated") }
  }

  /// Waits until the leaf has this many processes.
  borrowing func waitForProcesses(atLeast count: Int) throws {
    var patience = Patience(seconds: hangGuardSeconds)
    while cgroup.treeMembers().count < count {
      guard patience.wait(for: nil, events: 0) else {
        throw Unexpected("\(path) has \(cgroup.treeMembers().count) processes, not \(count)")
      }
    }
  }
}
