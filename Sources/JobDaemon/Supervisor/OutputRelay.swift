import JobProtocol
import LinuxSystem
import SystemPackage

/// One stream of a job's captured output, from the pipe to the client.
///
/// It reads only while the client has room, so that a reader who stops stops its own job's pipe and
/// nothing else, and what is in memory is bounded by one piece and what the connection queues.
final class OutputRelay {
  /// Bytes read at one time: what a pipe holds by default. pipe(7)
  static let pieceBytes = 65_536

  private let reader: OwnedDescriptor
  private var source: IOSource?
  private var encoder: OutputEncoder
  private let sink: OutputSink

  private var hasBegun = false
  /// No process of the job is left: so many bytes are still to be read, and no more. A process that isn't
  /// the job's may hold the pipe, too, and write to it for ever.
  private var rest: Int?
  /// Nobody listens: it reads, so that the job isn't blocked, and throws away.
  private var isDiscarding = false
  private(set) var isDone = false
  private var isWorking = false

  init(
    _ loop: EventLoop, _ reader: consuming OwnedDescriptor, _ stream: OutputStream,
    to sink: OutputSink
  ) throws(SystemError) {
    self.reader = reader
    self.encoder = OutputEncoder(stream)
    self.sink = sink
    source = try IOSource(loop, self.reader.raw, []) { [unowned self] _ in work() }
  }

  // Before the descriptor that it watches is closed.
  isolated deinit {
    source = nil
  }

  /// The job was told as started: what it writes is passed on from now on.
  func begin() {
    hasBegun = true
    resume()
  }

  /// The client has room again.
  func resume() {
    guard hasBegun else { return }
    if rest == nil { source?.events = .input } else { work() }
  }

  /// Passes on what is still in the pipe, and is done.
  func drain() {
    hasBegun = true
    rest = (try? reader.unreadBytes()) ?? 0
    work()
  }

  /// Throws away what comes from now on.
  func discard() {
    isDiscarding = true
    resume()
  }

  private func work() {
    // To deliver may make room, and lead back here.
    guard !isWorking else { return }
    isWorking = true
    defer { isWorking = false }
    while !isDone {
      guard isDiscarding || sink.hasRoom() else {
        source?.events = []
        return
      }
      switch readPiece() {
      case .data: break
      case .nothing where rest == nil: return
      case .nothing, .end: return finish()
      }
      // While the job runs, one piece in a turn of the loop: others want to be served, too.
      if rest == nil { return }
    }
  }

  private enum Piece {
    case data, nothing, end
  }

  private func readPiece() -> Piece {
    if rest == 0 { return .end }
    do {
      let most = min(Self.pieceBytes, rest ?? Self.pieceBytes)
      let bytes = try unsafe [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
        count = try unsafe reader.raw.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      if bytes.isEmpty { return .end }
      if let rest { self.rest = rest - bytes.count }
      if !isDiscarding, let reply = encoder.encode(bytes) { sink.deliver(reply) }
      return .data
    } catch Errno.resourceTemporarilyUnavailable {
      return .nothing
    } catch {
      // A pipe knows no other error to be read by; there is no more to come in any case.
      return .end
    }
  }

  private func finish() {
    isDone = true
    source = nil
    if !isDiscarding, let rest = encoder.flush() { sink.deliver(rest) }
    sink.done()
  }
}

/// Where captured output goes.
struct OutputSink {
  /// The client can take another piece.
  let hasRoom: () -> Bool
  /// Takes one encoded reply.
  let deliver: ([UInt8]) -> Void
  /// Nothing more comes.
  let done: () -> Void
}
