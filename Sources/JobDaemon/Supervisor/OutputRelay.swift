import JobProtocol
import LinuxSystem
import SystemPackage

/// One stream of a job's captured output, from the pipe to the client.
///
/// It reads only while the client has room, so that a reader who stops stops its own job's pipe and
/// nothing else, and what is in memory is bounded by one piece and what the connection queues.
final class OutputRelay {
  private let pipe: CapturedPipe
  /// Where a pipe is read that somebody can write to.
  private let threads: Offload
  private var source: IOSource?
  private var encoder: OutputEncoder
  private let sink: OutputSink

  private var hasBegun = false
  /// Nobody can write to it any more. What is in it is all that comes, and is read here.
  private var isAlone = false
  /// No process of the job is left: what is in the pipe is still to be read, and no more.
  private var isDraining = false
  /// Then, bytes of that. A process that isn't the job's may hold the pipe, too, and write to it for ever.
  private var rest: Int?
  /// Nobody listens: it reads, so that the job isn't blocked, and throws away.
  private var isDiscarding = false
  private(set) var isDone = false
  private var isWorking = false
  /// A thread does.
  private var isReading = false

  init(
    _ loop: EventLoop, _ threads: Offload, _ reader: consuming OwnedDescriptor,
    _ stream: OutputStream, to sink: OutputSink
  ) throws(SystemError) {
    pipe = CapturedPipe(reader)
    self.threads = threads
    self.encoder = OutputEncoder(stream)
    self.sink = sink
    source = try IOSource(loop, pipe.descriptor, []) { [unowned self] events in
      if events.contains(.hangUp) { isAlone = true }
      work()
    }
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
    guard hasBegun, !isDone, !isReading else { return }
    if isDraining { work() } else { source?.events = .input }
  }

  /// Passes on what is still in the pipe, and is done.
  func drain() {
    hasBegun = true
    isDraining = true
    if pipe.hasNoWriter { isAlone = true }
    work()
  }

  /// Is done with what it has, and doesn't touch the pipe again.
  func drop() {
    if !isDone { finish() }
  }

  /// Throws away what comes from now on.
  func discard() {
    isDiscarding = true
    resume()
  }

  private func work() {
    // To deliver may make room, and lead back here.
    guard !isWorking, !isReading, !isDone else { return }
    isWorking = true
    defer { isWorking = false }
    repeat {
      guard isDiscarding || sink.hasRoom() else {
        source?.events = []
        return
      }
      if !isAlone { return readElsewhere() }
      take(pipe.read())
      // While the job runs, one piece in a turn of the loop: others want to be served, too.
    } while isDraining && !isDone
  }

  private func readElsewhere() {
    isReading = true
    source?.events = []
    let (counts, rest) = (isDraining && rest == nil, rest)
    threads.run { [pipe] in
      let rest = counts ? pipe.unreadBytes() : rest
      let most = min(CapturedPipe.pieceBytes, rest ?? CapturedPipe.pieceBytes)
      return (most == 0 ? CapturedPipe.Piece.end : pipe.read(most: most), rest)
    } then: { [weak self] piece, rest in
      guard let self else { return }
      isReading = false
      guard !isDone else { return }
      self.rest = rest
      take(piece)
      resume()
    }
  }

  private func take(_ piece: CapturedPipe.Piece) {
    switch piece {
    case .data(let bytes):
      if let rest { self.rest = rest - bytes.count }
      if !isDiscarding, let reply = encoder.encode(bytes) { sink.deliver(reply) }
    case .nothing where !isDraining: break
    case .nothing, .end: finish()
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
