import Glibc
import LinuxSystem
import Synchronization
import SystemPackage

/// A write to a process that has ended is an error of that write, not the end of all tests.
private let pipesMayBreak: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

/// A process that a test started, with pipes for what it writes. It is killed with this object.
final class Spawned: Sendable {
  enum Input {
    case null
    case closed
    /// The test holds the writing end, and closes it by ``Spawned/closeInput()``.
    case pipe
  }

  struct Ended: Sendable {
    /// The exit code, or the signal's number below zero.
    let status: Int32
    let output: String
    let errors: String
  }

  let output: PipeReader
  let errors: PipeReader
  /// Lines written to descriptor 3.
  let events: PipeReader
  let pid: pid_t
  private let input: Mutex<FileDescriptor?>
  /// Set once the process was reaped: then its number may be another's.
  private let status = Mutex<Int32?>(nil)

  /// - Parameter environment: `NAME=value`, besides this process's own.
  init(
    _ path: String, _ arguments: [String], environment: [String] = [], input: Input = .null
  ) throws {
    _ = pipesMayBreak
    let (output, errors, events) = (try PipeEnds(), try PipeEnds(), try PipeEnds())
    var streams = SpawnStreams()
    streams.set(1, output.writer)
    streams.set(2, errors.writer)
    streams.set(3, events.writer)
    defer { for ends in [output, errors, events] { try? ends.writer.close() } }
    var writer: FileDescriptor?
    var reader: FileDescriptor?
    switch input {
    case .null: streams.open(0, "/dev/null")
    case .closed: streams.close(0)
    case .pipe:
      let ends = try PipeEnds()
      streams.set(0, ends.reader)
      (reader, writer) = (ends.reader, ends.writer)
    }
    defer { try? reader?.close() }
    self.output = PipeReader(output.reader)
    self.errors = PipeReader(errors.reader)
    self.events = PipeReader(events.reader)
    self.input = Mutex(writer)
    pid = try streams.spawn(path, arguments, environment)
  }

  deinit {
    kill(SIGKILL)
    waitNow()
    closeInput()
  }

  /// Sends a signal, unless the process has been reaped.
  func kill(_ signal: Int32) {
    status.withLock { status in
      if status == nil { _ = Glibc.kill(pid, signal) }
    }
  }

  /// Whether it has not been waited for.
  var isRunning: Bool { status.withLock { $0 == nil } }

  /// A set of signals in its `/proc/PID/status`, signal n as bit n - 1; none once it is gone. proc(5)
  func signals(_ name: String) -> UInt64 {
    let lines = try? SmallFile.readText("/proc/\(pid)/status").split(separator: "\n")
    let line = lines?.first { $0.hasPrefix(name + ":") }
    return line.flatMap { UInt64($0.dropFirst(name.count + 2), radix: 16) } ?? 0
  }

  func write(_ text: String) throws {
    _ = try input.withLock { try $0?.writeAll(text.utf8) }
  }

  func closeInput() {
    input.withLock { input in
      try? input?.close()
      input = nil
    }
  }

  /// Waits for the end of its output and for its own.
  func ended() async -> Ended {
    await waiting { [self] in
      let output = output.all()
      let errors = errors.all()
      return Ended(
        status: waitNow(), output: String(decoding: output, as: UTF8.self),
        errors: String(decoding: errors, as: UTF8.self))
    }
  }

  /// Waits for its end.
  @discardableResult
  func waitNow() -> Int32 {
    status.withLock { status in
      if let status { return status }
      var word: Int32 = 0
      while unsafe waitpid(pid, &word, 0) < 0, errno == EINTR {}
      let ended = word & 0x7f == 0 ? word >> 8 & 0xff : -(word & 0x7f)
      status = ended
      return ended
    }
  }

  /// The path of a program that was built together with this test.
  static func product(_ name: String) -> String {
    var path = [UInt8](repeating: 0, count: 4096)
    let count = unsafe path.withUnsafeMutableBytes { buffer in
      unsafe readlink(
        "/proc/self/exe", buffer.bindMemory(to: CChar.self).baseAddress!, buffer.count)
    }
    let test = String(decoding: path[..<max(0, count)], as: UTF8.self)
    return FilePath(test).removingLastComponent().appending(name).string
  }
}

/// Both ends of a pipe, CLOEXEC.
struct PipeEnds {
  let reader: FileDescriptor
  let writer: FileDescriptor

  init() throws {
    (reader, writer) = try Pipe().ends { ($0.release(), $1.release()) }
  }
}
