import Glibc
import LinuxSystem
import SystemPackage
import Testing

@Suite("System calls")
struct SystemTests {
  @Test("Sealed memory is read from its start to its end, and nobody can change it")
  func sealedMemory() throws {
    let file = try SealedMemory.make(Array("data\0more".utf8), name: "test")
    #expect(try readToEnd(file.raw) == "data\0more")
    #expect(throws: Errno.notPermitted) { try file.raw.writeAll(Array("x".utf8)) }
    #expect(throws: Errno.notPermitted) { try file.raw.resize(to: 0) }
  }

  @Test("Only the asked-for end of a pipe is nonblocking")
  func pipe() throws {
    let pipe = try LinuxSystem.Pipe(nonblocking: .reader)
    var byte: UInt8 = 0
    #expect(throws: Errno.wouldBlock) {
      try unsafe withUnsafeMutableBytes(of: &byte) { try unsafe pipe.reader.raw.read(into: $0) }
    }
    #expect(fcntl(pipe.writer.raw.rawValue, F_GETFL) & O_NONBLOCK == 0)
    #expect(fcntl(pipe.writer.raw.rawValue, F_GETFD) & FD_CLOEXEC != 0)
    #expect(fcntl(pipe.reader.raw.rawValue, F_GETFD) & FD_CLOEXEC != 0)
  }

  @Test("A pipe says how much is in it")
  func unreadBytes() throws {
    let pipe = try LinuxSystem.Pipe()
    #expect(try pipe.reader.unreadBytes() == 0)
    try pipe.writer.raw.writeAll(Array("unread".utf8))
    #expect(try pipe.reader.unreadBytes() == 6)
  }

  @Test("A file of the kernel longer than a page is read whole")
  func longFile() throws {
    let maps = try SmallFile.readText("/proc/self/maps")
    #expect(maps.utf8.count > 4096)
    #expect(maps.last == "\n")
  }

  @Test("An error names what was tried, on what, and the kernel's answer")
  func errors() {
    let error = #expect(throws: SystemError.self) { try SmallFile.read("/no/such/file") }
    #expect(error?.description == "open /no/such/file: No such file or directory (ENOENT)")
  }

  @Test("A pidfd of a process that isn't there can't be had")
  func noProcess() {
    let error = #expect(throws: SystemError.self) { _ = try Pidfd.open(0x3fff_fff0) }
    #expect(error?.errno == .noSuchProcess)
  }

  @Test("Limits are read as the kernel has them")
  func limits() throws {
    let files = try ResourceLimit.current(.openFiles)
    #expect(files.soft <= files.hard)
    #expect(try ResourceLimit.allCurrent().count == 16)
    #expect(throws: SystemError.self) {
      try ResourceLimit(.openFiles, soft: files.hard, hard: files.hard &- 1).apply()
    }
  }
}
