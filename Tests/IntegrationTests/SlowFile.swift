import Glibc
import LinuxSystem
import SystemPackage
import TestSupport

/// A file for which somebody is waited for ever: to close it, to read it, or to look for it.
final class SlowFile {
  private let directory: ScratchDirectory
  private let server: TestProcess
  private let output: OwnedDescriptor

  /// - Parameters:
  ///   - script: In Python, what mounts it.
  ///   - socket: Of a jobd, where it asks for a job that has to do with the file.
  ///   - command: Of that job.
  convenience init(_ script: String, _ socket: String, _ command: [String]) throws {
    try self.init(script, arguments: [socket] + command)
  }

  /// - Parameter arguments: For the script, besides its directory.
  init(_ script: String, arguments: [String] = []) throws {
    directory = try ScratchDirectory()
    let pipe = try LinuxSystem.Pipe()
    var specification = TestProcess.Specification(
      ["python3", "-B", Python.script(script), directory.path] + arguments)
    specification.output = pipe.writer.raw
    server = try TestProcess(specification)
    output = pipe.takeReader()
    try says("mounted")
  }

  deinit { end() }

  var path: String { directory.path("file") }

  /// Returns when somebody waits.
  func says(_ line: String) throws {
    guard try readLine(output.raw) == line else { throw TestFailure("it doesn't say \(line)") }
  }

  /// Whoever waits for it goes on.
  func end() {
    try? server.send(.kill)
    _ = try? server.waitForExit()
    _ = unsafe umount2(directory.path, Int32(MNT_DETACH))
  }
}
