import Glibc
import LinuxSystem
import SystemPackage
import Testing

@testable import LinuxProcess

/// A job of one test's, held together by a warden. Both end with this object.
final class WardenJob {
  let tree: WardenTree
  /// The first process.
  let main: Int32

  /// - Throws: `SpawnFailure`, and nothing is left then.
  init(
    _ specification: SpawnSpecification, marks: [String] = [], output: FileDescriptor? = nil,
    kept: FileDescriptor? = nil
  ) throws {
    let tree = WardenTree(marks: marks.map { Array($0.utf8) }, kept: kept)
    let spawner = try Spawner(method: SpawnMethod(), limits: try ResourceLimit.allCurrent())
    let null = try OwnedDescriptor.open("/dev/null", .readWrite)
    do {
      main = try tree.start(
        specification, by: spawner, input: null.raw, output: output ?? null.raw, error: null.raw)
    } catch {
      try Self.reapWarden(of: tree)
      throw error
    }
    self.tree = tree
  }

  /// Starts a shell script.
  convenience init(_ script: String, output: FileDescriptor? = nil) throws {
    try self.init(
      SpawnSpecification(
        arguments: ["/bin/sh", "-c", script], environment: ["PATH=/usr/local/bin:/usr/bin:/bin"]),
      output: output)
  }

  /// Starts a script and waits until it has written a line: it is where the test wants it.
  static func started(_ script: String) throws -> (WardenJob, line: String) {
    let pipe = try LinuxSystem.Pipe()
    let job = try WardenJob(script, output: pipe.writer.raw)
    let reader = pipe.takeReader()
    var line: [UInt8] = []
    while line.last != UInt8(ascii: "\n") {
      var byte: UInt8 = 0
      guard try poll(reader.raw, for: POLLIN) else { throw Unexpected("not ready: \(script)") }
      let count = try unsafe withUnsafeMutableBytes(of: &byte) {
        try unsafe reader.raw.read(into: $0)
      }
      if count == 0 { throw Unexpected("the script ended before it was ready: \(script)") }
      line.append(byte)
    }
    return (job, String(decoding: line.dropLast(), as: UTF8.self))
  }

  deinit {
    do {
      try tree.kill()
      while tree.hasNewsToCome { _ = try nextNews() }
      try Self.reapWarden(of: tree)
    } catch {
      Issue.record(error, "a test's job could not be ended")
    }
  }

  /// A zombie would be in the way of the testing library's own waiting for children.
  private static func reapWarden(of tree: WardenTree) throws {
    guard let pid = tree.wardenPid else { return }
    do {
      _ = try Pidfd.open(pid).waitForExit()
    } catch let error as SystemError where error.errno == .noSuchProcess {
      // The test has done so.
    }
  }

  /// Waits for the next news.
  func nextNews() throws -> JobTreeNews {
    while true {
      if let news = try tree.news() { return news }
      guard try poll(tree.newsDescriptor, for: POLLIN) else {
        throw Unexpected("nothing is heard of the job of \(main)")
      }
    }
  }

  /// Waits for the exit of the first process.
  func exit() throws -> ProcessExit {
    guard case .mainExited(let exit) = try nextNews() else {
      throw Unexpected("something else is heard before the exit")
    }
    return exit
  }

  /// Waits until no process is left.
  func waitUntilEmpty() throws {
    while tree.hasNewsToCome { _ = try nextNews() }
  }

  /// Waits until there are so many processes.
  func waitForProcesses(atLeast count: Int) throws {
    var patience = Patience(seconds: hangGuardSeconds)
    while tree.processes(limit: count).count < count {
      guard patience.wait(for: nil, events: 0) else {
        throw Unexpected("the job of \(main) doesn't get \(count) processes")
      }
    }
  }
}
