import Glibc
import LinuxSystem
import SystemPackage
import Testing

@testable import LinuxProcess

@Suite(
  "A program is started at once where nothing has to be waited for",
  .enabled(if: cgroupsAreThere, cgroupsAreMissing))
struct PromptStartTests {
  private typealias Knowledge = WarmPrograms.Knowledge

  private func specification(
    _ arguments: String..., environment: [String] = [], in directory: String = "/"
  ) throws -> SpawnSpecification {
    try SpawnSpecification(
      arguments: arguments, environment: environment, workingDirectory: directory)
  }

  /// As one is that was started elsewhere, at the moment 0.
  private func learn(_ specification: SpawnSpecification, _ programs: inout WarmPrograms) throws {
    let lesson = programs.lesson(of: specification)
    let (file, isLoadedLikeOurs) = try #require(lesson.learn())
    programs.learned(file, isLoadedLikeOurs: isLoadedLikeOurs, executed: 0)
  }

  /// Whether one is warm that was started elsewhere before.
  private func isWarm(_ specification: SpawnSpecification) throws -> Bool {
    var programs = try WarmPrograms()
    try learn(specification, &programs)
    if case .warm = programs.know(specification, at: 1) { return true }
    return false
  }

  /// A directory on a local disk: what was just written there is in memory.
  private func localDirectory() throws -> ScratchDirectory {
    let scratch = try ScratchDirectory(in: "/var/tmp")
    try #require(
      try isWarm(specification("/bin/true", in: "/var/tmp")), "/var/tmp is on no local disk")
    return scratch
  }

  @Test("A program that was started not long ago is warm, by its path and by its name")
  func warm() throws {
    var programs = try WarmPrograms()
    try learn(specification("/bin/true"), &programs)
    let minute = 60_000_000
    let same = [
      try specification("/bin/true"), try specification("true", environment: ["PATH=/bin"]),
      try specification("./true", in: "/bin"),
    ]
    for specification in same {
      guard case .warm(let file) = programs.know(specification, at: minute - 1) else {
        throw Unexpected("\(specification.command) is not warm")
      }
      #expect(programs.know(specification, at: minute) == .unknown)
      programs.executed(file, at: 1)
      #expect(programs.know(specification, at: minute) == .warm(file))
      programs.executed(file, at: 0)
    }
    // So that it is known to be there.
    try #require(unsafe access("/bin/false", X_OK) == 0)
    #expect(programs.know(try specification("/bin/false"), at: 1) == .unknown)
  }

  @Test("What is certainly not there is passed over, as execve passes over it")
  func search() throws {
    let scratch = try localDirectory()
    // The first look may have to ask the disk; what it finds is remembered.
    try #require(unsafe access("\(scratch.path)/true", F_OK) != 0)
    #expect(try isWarm(specification("true", environment: ["PATH=\(scratch.path):/bin"])))
    var programs = try WarmPrograms()
    let nowhere = try specification("true", environment: ["PATH=\(scratch.path)"])
    #expect(programs.know(nowhere, at: 0) == .other)
    #expect(programs.lesson(of: nowhere).learn() == nil)
  }

  @Test("What may not be executed is passed over, too, as it comes or as it is learned")
  func notExecutable() throws {
    let scratch = try localDirectory()
    _ = try scratch.file("true", SmallFile.read("/bin/true"), mode: 0o644)
    var programs = try WarmPrograms()
    let searched = try specification("true", environment: ["PATH=\(scratch.path):/bin"])
    try learn(searched, &programs)
    guard case .warm(let file) = programs.know(searched, at: 0) else {
      throw Unexpected("it is not warm")
    }
    #expect(programs.know(try specification("/bin/true"), at: 0) == .warm(file))
    #expect(programs.know(try specification("\(scratch.path)/true"), at: 0) == .other)
  }

  @Test("A program that is written anew, or replaced, is another one")
  func changed() throws {
    let scratch = try localDirectory()
    var programs = try WarmPrograms()
    let path = try scratch.file("program", SmallFile.read("/bin/true"))
    let program = try specification(path)
    try learn(program, &programs)
    guard case .warm(let file) = programs.know(program, at: 0) else {
      throw Unexpected("it is not warm")
    }
    // The kernel's clock for files goes by ticks.
    while programs.know(program, at: 0) == .warm(file) {
      try #require(unsafe truncate(path, 4096) == 0)
    }
    #expect(programs.know(program, at: 0) == .unknown)
    try learn(program, &programs)
    _ = try scratch.file("other", SmallFile.read("/bin/true"))
    try #require(unsafe rename("\(scratch.path)/other", path) == 0)
    #expect(programs.know(program, at: 0) == .unknown)
  }

  @Test(
    "Scripts, directories, fifos, programs of other machines and with loaders of their own aren't warm"
  )
  func others() throws {
    let scratch = try localDirectory()
    let script = try scratch.file("script", Array("#!/bin/sh\n".utf8))
    #expect(try !isWarm(specification(script)))
    #expect(try !isWarm(specification(try scratch.file("empty", []))))
    #expect(unsafe mkfifo("\(scratch.path)/fifo", 0o755) == 0)
    for path in [scratch.path, "\(scratch.path)/fifo"] {
      var programs = try WarmPrograms()
      #expect(programs.know(try specification(path), at: 0) == .other)
      #expect(programs.lesson(of: try specification(path)).learn() == nil)
    }

    let program = try SmallFile.read("/bin/true")
    #expect(try isWarm(specification(try scratch.file("program", program))))
    var foreign = program
    foreign[18] ^= 0xff
    #expect(try !isWarm(specification(try scratch.file("foreign", foreign))))
    guard case .named(let loader) = ELFInterpreter(in: program) else {
      throw Unexpected("/bin/true names no loader")
    }
    var loaded = program
    let range = try #require(loaded.firstRange(of: loader))
    loaded[range.lowerBound + 1] = UInt8(ascii: "L")
    #expect(try !isWarm(specification(try scratch.file("loaded", loaded))))
  }

  @Test("A file or a directory of a file system that isn't local isn't warm")
  func elsewhere() throws {
    // Of /proc nobody knows who answers.
    #expect(try !isWarm(specification("/bin/true", in: "/proc")))
    #expect(try !isWarm(specification("/proc/self/exe")))
  }

  @Test("No more is kept of programs than of some hundred")
  func bounded() throws {
    let scratch = try localDirectory()
    var programs = try WarmPrograms()
    let script = Array("#!/bin/sh\n".utf8)
    for number in 0..<300 {
      try learn(specification(try scratch.file("\(number)", script)), &programs)
    }
    let first = programs.know(try specification("\(scratch.path)/0"), at: 0)
    let last = programs.know(try specification("\(scratch.path)/299"), at: 0)
    #expect(first == .unknown && last == .other)
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
    let program = try specification("/bin/true", in: scratch.path)
    try #require(unsafe mount("tmpfs", scratch.path, "tmpfs", 0, nil) == 0)
    defer { _ = unsafe umount2(scratch.path, Int32(MNT_DETACH)) }
    try learn(program, &programs)
    let knowledge = programs.know(program, at: 0)
    #expect(knowledge != .other)
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
    let specification = try specification("/bin/true")
    let lesson = prompt.lesson(of: specification, startedIn: 5_000)
    prompt.learned(try #require(lesson).learn(), executed: now)
    return prompt.expect(specification, in: spare, at: now) == .prompt
  }

  @Test("After a start that took long none is prompt for a while")
  func rest() throws {
    let sandbox = try Sandbox()
    let spare = try SpareLeaf(in: sandbox.root, name: "spare")
    var prompt = try PromptStart(Processors(count: .max))
    var answers: [Bool] = []
    answers.append(try expects(&prompt, in: spare))
    _ = prompt.wasMade(from: 0, to: 300)
    answers.append(try expects(&prompt, in: spare, at: 300))
    _ = prompt.wasMade(from: 300, to: 60_000)
    answers.append(try expects(&prompt, in: spare, at: 60_000))
    answers.append(try expects(&prompt, in: spare, at: 1_059_999))
    answers.append(try expects(&prompt, in: spare, at: 1_060_000))
    #expect(answers == [true, true, false, false, true])
  }

  @Test("Of a program that took long to start there is to be learned anew, if it doesn't any more")
  func slowProgram() throws {
    let sandbox = try Sandbox()
    let spare = try SpareLeaf(in: sandbox.root, name: "spare")
    var prompt = try PromptStart(Processors(count: .max))
    let program = try specification("/bin/true")
    var answers = [prompt.expect(program, in: spare, at: 0)]
    _ = try expects(&prompt, in: spare)
    _ = prompt.wasMade(from: 0, to: 6_000)
    answers.append(prompt.expect(program, in: spare, at: 2_000_000))
    #expect(answers == [.unknown, .unknown])
    let lesson = prompt.lesson(of: program, startedIn: 5_001)
    #expect(lesson == nil)
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
