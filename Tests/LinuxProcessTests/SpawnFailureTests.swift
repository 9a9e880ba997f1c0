import Glibc
import LinuxSystem
import SystemPackage
import Testing

@testable import LinuxProcess

@Suite("Failing to start", .enabled(if: cgroupsAreThere, cgroupsAreMissing))
struct SpawnFailureTests {
  /// Fails to start something, and sees that the leaf is empty and can be removed at once.
  private func failure(
    of arguments: [String], environment: [String] = ["PATH=/usr/bin:/bin"],
    directory: String = "/"
  ) throws -> SpawnFailure {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    let specification = try SpawnSpecification(
      arguments: arguments, environment: environment, workingDirectory: directory)
    let failure = #expect(throws: SpawnFailure.self) {
      _ = try sandbox.start(specification, in: leaf)
    }
    #expect(try !leaf.isPopulated())
    #expect(leaf.remove() == .removed)
    return try #require(failure)
  }

  @Test("A command that is nowhere in PATH is not found, and PATH is told")
  func notFound() throws {
    let failure = try failure(of: ["no-such-command"])
    #expect(failure.step == .executable && failure.errno == .noSuchFileOrDirectory)
    #expect(failure.isNotFound)
    #expect(
      failure.description
        == #"command "no-such-command" not found in "/usr/bin:/bin" (ENOENT)"#)
  }

  @Test("A path that isn't there is not found")
  func noFile() throws {
    let failure = try failure(of: ["/no/such/file"])
    #expect(failure.isNotFound)
    #expect(failure.path == Array("/no/such/file".utf8))
  }

  @Test("The empty command is not found")
  func empty() throws {
    #expect(try failure(of: [""]).isNotFound)
  }

  @Test("A path through a file is not found")
  func throughFile() throws {
    let failure = try failure(of: ["/etc/passwd/x"])
    #expect(failure.errno == .notDirectory && failure.isNotFound)
  }

  @Test("A file that may not be executed is told from one that isn't there, also after others")
  func notExecutable() throws {
    let scratch = try ScratchDirectory()
    let path = try scratch.file("tool", "#!/bin/sh\n", mode: 0o644)
    let direct = try failure(of: [path])
    #expect(direct.errno == .permissionDenied && !direct.isNotFound)
    let searched = try failure(of: ["tool"], environment: ["PATH=/no:\(scratch.path):/no-either"])
    #expect(searched.errno == .permissionDenied && searched.path == Array(path.utf8))
  }

  @Test("A directory can't be executed")
  func directory() throws {
    #expect(try failure(of: ["/tmp"]).errno == .permissionDenied)
  }

  @Test("A file that is no program isn't given to a shell")
  func noProgram() throws {
    let scratch = try ScratchDirectory()
    let failure = try failure(of: [try scratch.file("text", "echo hello\n")])
    #expect(failure.step == .executable && failure.errno == .execFormatError && !failure.isNotFound)
  }

  @Test("A file that is no program ends the search, whatever comes behind it in PATH")
  func noProgramFirst() throws {
    let scratch = try ScratchDirectory()
    let path = try scratch.file("true", "echo hello\n")
    let failure = try failure(of: ["true"], environment: ["PATH=\(scratch.path):/usr/bin:/bin"])
    #expect(failure.errno == .execFormatError && failure.path == Array(path.utf8))
  }

  @Test("A script whose interpreter is missing names the interpreter")
  func noInterpreter() throws {
    let scratch = try ScratchDirectory()
    let path = try scratch.file("no-such-script", "#! /no/such/interpreter -x\nexit\n")
    let failure = try failure(
      of: ["no-such-script"], environment: ["PATH=/usr/bin:\(scratch.path)"])
    #expect(failure.step == .interpreter && !failure.isNotFound)
    #expect(failure.path == Array("/no/such/interpreter".utf8))
    #expect(failure.message.contains(path))
  }

  @Test("A script with the line ends of Windows shows what is wrong with its interpreter")
  func carriageReturn() throws {
    let scratch = try ScratchDirectory()
    let failure = try failure(of: [try scratch.file("script", "#!/bin/sh\r\nexit\r\n")])
    #expect(failure.step == .interpreter)
    #expect(failure.message.contains(#""/bin/sh\r""#))
  }

  @Test("A program whose dynamic loader is missing names the loader")
  func noLoader() throws {
    let scratch = try ScratchDirectory()
    var program = try SmallFile.read("/bin/true")
    guard case .named(let loader) = ELFInterpreter(in: program) else {
      throw Unexpected("/bin/true names no loader")
    }
    let range = try #require(program.firstRange(of: loader))
    program[range.upperBound - 1] = UInt8(ascii: "!")
    let path = try scratch.file("program", program)
    let failure = try failure(of: [path])
    #expect(failure.step == .interpreter)
    #expect(failure.path == Array(program[range]))
  }

  @Test("An interpreter that is there, and whose own isn't, is no command that isn't there")
  func interpreterWithoutInterpreter() throws {
    let scratch = try ScratchDirectory()
    let inner = try scratch.file("inner", "#!/no/such/interpreter\n")
    let outer = try failure(of: [try scratch.file("outer", "#!\(inner)\n")])
    #expect(outer.step == .interpreter && outer.path == Array("/no/such/interpreter".utf8))
    let first = try scratch.file("first", program(loadedBy: "/no/such/loader"))
    let script = try failure(of: [try scratch.file("script", "#!\(first)\n")])
    #expect(script.step == .interpreter && script.path == Array("/no/such/loader".utf8))
  }

  @Test("A program of 32 bits whose loader is missing names the loader")
  func noLoader32() throws {
    let scratch = try ScratchDirectory()
    let failure = try failure(
      of: [try scratch.file("program", program(loadedBy: "/no/such/loader"))])
    #expect(failure.step == .interpreter && !failure.isNotFound)
    #expect(failure.path == Array("/no/such/loader".utf8))
  }

  /// The least that the kernel looks for the loader of: a header, and one program header. elf(5), for i386.
  private func program(loadedBy loader: String) -> [UInt8] {
    let (header, entry) = (52, 32)
    var file = [0x7f, 0x45, 0x4c, 0x46, 1, 1, 1] + [UInt8](repeating: 0, count: 9)
    func append(_ number: Int, _ size: Int) {
      for byte in 0..<size { file.append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
    }
    // An executable, for the machine 3, of version 1; then the place of the table, and sizes.
    for (number, size) in [(2, 2), (3, 2), (1, 4), (0, 4), (header, 4), (0, 4), (0, 4)] {
      append(number, size)
    }
    for number in [header, entry, 1, 0, 0, 0] { append(number, 2) }
    let path = Array(loader.utf8) + [0]
    for number in [3, header + entry, 0, 0, path.count, path.count, 4, 1] { append(number, 4) }
    return file + path
  }

  @Test("A command that is killed before it was executed has failed, and by which signal is told")
  func killed() throws {
    let sandbox = try Sandbox()
    let leaf = LeafTree(try sandbox.leaf())
    try sandbox.root.jobs.write("1", to: "cgroup.freeze")
    try DetachedThread.start(nil) {
      var patience = Patience(seconds: hangGuardSeconds)
      while leaf.processes(limit: 1).isEmpty, patience.wait(for: nil, events: 0) {}
      try? leaf.kill()
    }
    let null = try OwnedDescriptor.open("/dev/null", .readWrite)
    let failure = #expect(throws: SpawnFailure.self) {
      try leaf.start(
        SpawnSpecification(arguments: ["/bin/true"]), by: sandbox.spawner,
        input: null.raw, output: null.raw, error: null.raw)
    }
    #expect(failure?.step == .killed && failure?.errno == .canceled)
    #expect(failure?.message.contains("SIGKILL") == true)
    try sandbox.root.jobs.write("0", to: "cgroup.freeze")
    #expect(leaf.removeQuickly())
  }

  @Test("A working directory that isn't there, or is none, is told as such")
  func workingDirectory() throws {
    let missing = try failure(of: ["true"], directory: "/no/such/directory")
    #expect(missing.step == .workingDirectory && missing.errno == .noSuchFileOrDirectory)
    #expect(missing.path == Array("/no/such/directory".utf8))
    #expect(!missing.isNotFound)
    let file = try failure(of: ["true"], directory: "/etc/passwd")
    #expect(file.step == .workingDirectory && file.errno == .notDirectory)
  }

  @Test("Arguments that are too long are told with their size")
  func tooLong() throws {
    let failure = try failure(of: ["true", String(repeating: "x", count: 200_000)])
    #expect(failure.errno == .argListTooLong && !failure.isNotFound)
    #expect(failure.message.contains("too long, 200"))
  }

  @Test("A descriptor that is closed is told as the standard streams'")
  func closedStream() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    let closed = FileDescriptor(rawValue: 1_000_000)
    let null = try OwnedDescriptor.open("/dev/null", .readWrite)
    let specification = try SpawnSpecification(arguments: ["/bin/true"])
    let failure = #expect(throws: SpawnFailure.self) {
      _ = try sandbox.spawner.spawn(
        specification, in: leaf, input: null.raw, output: closed, error: null.raw)
    }
    #expect(failure?.step == .standardStreams && failure?.errno == .badFileDescriptor)
  }

  @Test("A leaf that has passed controllers on, or is gone, refuses: told as the cgroup's")
  func refusedByCgroup() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    #expect(leaf.remove() == .removed)
    let failure = #expect(throws: SpawnFailure.self) { _ = try sandbox.start("exit", in: leaf) }
    #expect(failure?.step == .controlGroup)
    #expect(failure?.message.contains(leaf.path) == true)
  }

  @Test("A leaf beside a threaded cgroup refuses: told as the cgroup's")
  func invalidDomain() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    let threaded = try leaf.cgroup.child("threaded")
    try threaded.write("threaded", to: "cgroup.type")
    let inner = try JobLeaf.create(in: leaf.cgroup, name: "inner")
    let failure = #expect(throws: SpawnFailure.self) { _ = try sandbox.start("exit", in: inner) }
    #expect(failure?.step == .controlGroup && failure?.errno == .notSupported)
  }
}
