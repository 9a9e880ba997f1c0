import Glibc
import LinuxSystem
import SystemPackage
import Testing

@testable import LinuxProcess

@Suite(
  "A program is started at once where nothing has to be waited for",
  .enabled(if: cgroupsAreThere, cgroupsAreMissing))
struct PromptStartTests {
  private func isWarm(
    _ arguments: String..., environment: [String] = [], in directory: String = "/"
  ) throws -> Bool {
    var programs = try WarmPrograms()
    return programs.contain(
      try SpawnSpecification(
        arguments: arguments, environment: environment, workingDirectory: directory))
  }

  /// A directory on a local disk: what was just written there is in memory.
  private func localDirectory() throws -> ScratchDirectory {
    let scratch = try ScratchDirectory(in: "/var/tmp")
    try warmUp("/bin/true")
    try #require(try isWarm("/bin/true", in: "/var/tmp"), "/var/tmp is on no local disk")
    return scratch
  }

  /// Reads a file whole, as executing it would in the end.
  private func warmUp(_ path: String) throws {
    _ = try SmallFile.read(path)
  }

  /// Has the kernel forget what it has of a file.
  private func dropFromMemory(_ path: String) throws {
    let file = try OwnedDescriptor.open(path)
    try #require(fsync(file.raw.rawValue) == 0)
    try #require(posix_fadvise(file.raw.rawValue, 0, 0, POSIX_FADV_DONTNEED) == 0)
  }

  @Test("A program that was read not long ago is warm, by its path and by its name")
  func warm() throws {
    try warmUp("/bin/true")
    #expect(try isWarm("/bin/true"))
    #expect(try isWarm("true", environment: ["PATH=/bin"]))
    #expect(try isWarm("./true", in: "/bin"))
  }

  @Test("What is certainly not there is passed over, as execve passes over it")
  func search() throws {
    let scratch = try localDirectory()
    try warmUp("/bin/true")
    // The first look may have to ask the disk; what it finds is remembered.
    try #require(unsafe access("\(scratch.path)/true", F_OK) != 0)
    #expect(try isWarm("true", environment: ["PATH=\(scratch.path):/bin"]))
    #expect(try !isWarm("true", environment: ["PATH=\(scratch.path)"]))
  }

  @Test("A program that isn't in memory, or not in its beginning, isn't warm")
  func cold() throws {
    let scratch = try localDirectory()
    let path = try scratch.file("program", SmallFile.read("/bin/true"))
    #expect(try isWarm(path))
    try dropFromMemory(path)
    #expect(try !isWarm(path))
    try warmUp(path)
    #expect(try isWarm(path))
  }

  @Test(
    "Scripts, directories, fifos, programs of other machines and with loaders of their own aren't warm"
  )
  func others() throws {
    let scratch = try localDirectory()
    let script = try scratch.file("script", Array("#!/bin/sh\n".utf8))
    #expect(try !isWarm(script))
    #expect(try !isWarm(scratch.path))
    #expect(unsafe mkfifo("\(scratch.path)/fifo", 0o755) == 0)
    #expect(try !isWarm("\(scratch.path)/fifo"))
    #expect(try !isWarm(try scratch.file("empty", [])))

    let program = try SmallFile.read("/bin/true")
    #expect(try isWarm(try scratch.file("program", program)))
    var foreign = program
    foreign[18] ^= 0xff
    #expect(try !isWarm(try scratch.file("foreign", foreign)))
    guard case .named(let loader) = ELFInterpreter(in: program) else {
      throw Unexpected("/bin/true names no loader")
    }
    var loaded = program
    let range = try #require(loaded.firstRange(of: loader))
    loaded[range.lowerBound + 1] = UInt8(ascii: "L")
    #expect(try !isWarm(try scratch.file("loaded", loaded)))
  }

  @Test("A file or a directory of a file system that isn't local isn't warm")
  func elsewhere() throws {
    // Of /proc nobody knows who answers.
    #expect(try !isWarm("/bin/true", in: "/proc"))
    #expect(try !isWarm("/proc/self/comm"))
  }

  @Test("A device is local if nothing but local file systems is mounted from it")
  func mounts() {
    let local = LocalMounts.local(
      in: Array(
        """
        22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
        23 22 0:5 / /dev/shm rw,nosuid - tmpfs tmpfs rw
        24 22 0:41 / /mnt rw,relatime shared:7 master:2 - nfs4 server:/ rw
        25 22 8:1 / /media rw - fuseblk /dev/sda1 rw
        26 22 8:1 / /media/again rw - ext4 /dev/sda1 rw
        nonsense
        27 22 x:1 / / rw - ext4 x rw
        28 22 9:1 / / rw
        """.utf8))
    #expect(
      local == [LocalMounts.Device(major: 254, minor: 0), LocalMounts.Device(major: 0, minor: 5)])
  }

  @Test("A mount that comes is noticed")
  func newMount() throws {
    let scratch = try localDirectory()
    var programs = try WarmPrograms()
    let specification = try SpawnSpecification(
      arguments: ["/bin/true"], environment: [], workingDirectory: scratch.path)
    try #require(unsafe mount("tmpfs", scratch.path, "tmpfs", 0, nil) == 0)
    defer { _ = unsafe umount2(scratch.path, Int32(MNT_DETACH)) }
    let isWarm = programs.contain(specification)
    #expect(isWarm)
  }

  @Test("A spare leaf that is frozen, or is in one that is, is told from others")
  func frozen() throws {
    let sandbox = try Sandbox()
    let spare = try SpareLeaf(in: sandbox.root, name: "spare")
    var isFrozen = spare.isFrozen()
    #expect(!isFrozen)
    try sandbox.root.jobs.write("1", to: "cgroup.freeze")
    isFrozen = spare.isFrozen()
    #expect(isFrozen)
    try sandbox.root.jobs.write("0", to: "cgroup.freeze")
    isFrozen = spare.isFrozen()
    #expect(!isFrozen)
    let isRemoved = spare.tree.removeQuickly()
    #expect(isRemoved)
    isFrozen = spare.isFrozen()
    #expect(isFrozen, "nobody can tell of one that is gone")
  }

  /// Whether a start of /bin/true is expected to be prompt, at a moment.
  private func expects(
    _ prompt: inout PromptStart, in spare: borrowing SpareLeaf, at now: Int = 0
  ) throws -> Bool {
    try warmUp("/bin/true")
    let specification = try SpawnSpecification(arguments: ["/bin/true"])
    return prompt.isToBeExpected(of: specification, in: spare, at: now)
  }

  @Test("After a start that took long none is prompt for a while")
  func rest() throws {
    let sandbox = try Sandbox()
    let spare = try SpareLeaf(in: sandbox.root, name: "spare")
    var prompt = try PromptStart(Processors(count: .max))
    var answers: [Bool] = []
    answers.append(try expects(&prompt, in: spare))
    prompt.wasMade(from: 0, to: 300)
    answers.append(try expects(&prompt, in: spare, at: 300))
    prompt.wasMade(from: 300, to: 60_000)
    answers.append(try expects(&prompt, in: spare, at: 60_000))
    answers.append(try expects(&prompt, in: spare, at: 1_059_999))
    answers.append(try expects(&prompt, in: spare, at: 1_060_000))
    #expect(answers == [true, true, false, false, true])
  }

  @Test("Where others want the processors, none is prompt")
  func busy() throws {
    let sandbox = try Sandbox()
    let spare = try SpareLeaf(in: sandbox.root, name: "spare")
    var prompt = try PromptStart(Processors(count: 0))
    let isExpected = try expects(&prompt, in: spare)
    #expect(!isExpected)
  }
}
