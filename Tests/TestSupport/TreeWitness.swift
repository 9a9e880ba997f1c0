internal import LinuxSystem
internal import SystemPackage

/// Knows whether a process of a job lives: each holds the writing end of a pipe that it was given as a
/// standard stream and passed on to its children. The end of the pipe is the end of the last of them,
/// wherever it may have moved.
public final class TreeWitness {
  private let reader: OwnedDescriptor
  private var writer: End?

  private final class End {
    let descriptor: OwnedDescriptor

    init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
  }

  public init() throws {
    let pipe = try LinuxSystem.Pipe()
    writer = End(try OwnedDescriptor.duplicate(of: pipe.writer.raw))
    reader = pipe.takeReader()
  }

  /// What the job gets. To be let go of when it was sent.
  var end: FileDescriptor {
    get throws {
      guard let writer else { throw TestFailure("the witness has been passed on already") }
      return writer.descriptor.raw
    }
  }

  func letGo() { writer = nil }

  /// Whether no process is left.
  public var isGone: Bool {
    get throws {
      var isGone = false
      // A process that jobd or another test is making just now has copies of all that its maker has open,
      // and closes them in a moment.
      try waitUntil("no process in the making holds the pipe") {
        isGone = try isAtEnd
        return try isGone || isHeldByProgram
      }
      return isGone
    }
  }

  private var isAtEnd: Bool {
    get throws {
      while try isReadable(reader.raw) {
        if try drop() == 0 { return true }
      }
      return false
    }
  }

  /// Whether a process holds it that executes another program than jobd or these tests.
  private var isHeldByProgram: Bool {
    get throws {
      let pipe = linkTarget("/proc/self/fd/\(reader.raw.rawValue)")
      let makers = [linkTarget("/proc/self/exe"), TestDaemon.program("jobd")]
      return try fileNames(in: "/proc").compactMap { Int32($0) }.contains { pid in
        // One that has ended in the meantime has none.
        let open = (try? ProcessFiles(pid).descriptors()) ?? [:]
        return open.values.contains { $0 == pipe }
          && !makers.contains(linkTarget("/proc/\(pid)/exe"))
      }
    }
  }

  /// Waits until no process is left.
  public func waitUntilGone() throws {
    repeat {
      try waitToRead(reader.raw, "the end of a job's processes")
    } while try drop() > 0
  }

  /// Reads and forgets what the job had to say there.
  private func drop() throws -> Int {
    try unsafe withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) {
      try unsafe reader.raw.read(into: $0)
    }
  }
}
