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
  ///   - arguments: Its own, besides the directory.
  init(_ script: String, _ arguments: [String] = []) throws {
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
