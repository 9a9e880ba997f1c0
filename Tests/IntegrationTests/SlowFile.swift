import Glibc
import LinuxSystem
import SystemPackage
import TestSupport

/// A file that takes for ever.
final class SlowFile {
  enum Operation: String {
    /// To close a descriptor of it.
    case flush
    /// To read it.
    case read
  }

  private let directory: ScratchDirectory
  private let server: TestProcess
  private let says: OwnedDescriptor
  private let operation: Operation

  /// - Parameters:
  ///   - socket: With that of a jobd, a job of which standard output is the file is asked for there.
  ///   - command: Its command.
  init(_ operation: Operation, socket: String? = nil, _ command: [String] = []) throws {
    self.operation = operation
    directory = try ScratchDirectory()
    let pipe = try LinuxSystem.Pipe()
    var specification = TestProcess.Specification(
      ["python3", Python.script("slow_file.py"), directory.path, operation.rawValue]
        + (socket.map { [$0] } ?? []) + command)
    specification.output = pipe.writer.raw
    server = try TestProcess(specification)
    says = pipe.takeReader()
    guard try readLine(says.raw) == "mounted" else { throw TestFailure("no FUSE file system") }
  }

  deinit { try? end() }

  var path: String { directory.path("file") }

  /// Returns when somebody waits.
  func catchProcess() throws {
    guard try readLine(says.raw) == operation.rawValue else { throw TestFailure("nobody waits") }
  }

  /// Whoever waits for it goes on.
  func end() throws {
    try? server.send(.kill)
    _ = try? server.waitForExit()
    _ = unsafe umount2(directory.path, Int32(MNT_DETACH))
  }
}
