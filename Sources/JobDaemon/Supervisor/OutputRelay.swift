import JobProtocol
import LinuxSystem
import SystemPackage

/// One stream of a job's captured output, from the pipe to the client.
///
/// It reads only while the client has room, so that a reader who stops stops its own job's pipe and
/// nothing else, and what is in memory is bounded by some pieces and what the connection queues.
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
      guard hasRoom else {
        source?.events = []
        return
      }
      if !isAlone { return readElsewhere() }
      let batch = pipe.read(by: encoder, rest: nil, isDiscarding: isDiscarding)
      take(batch)
      if batch.outcome == .nothing, isDraining { finish() }
    } while isDraining && !isDone
  }

  private var hasRoom: Bool { isDiscarding || sink.hasRoom() }

  private func readElsewhere() {
    isReading = true
    source?.events = []
    let asks = isDraining && rest == nil
    // Held here until that is done: it is for the loop to close it, while it makes no process.
    threads.run { [unowned pipe, encoder, rest, isDiscarding] in
      pipe.read(
        by: encoder, rest: asks ? pipe.unreadBytes() : rest, isDiscarding: isDiscarding)
    } then: { [weak self, pipe] batch in
      self?.arrived(batch)
      withExtendedLifetime(pipe) {}
    }
  }

  private func arrived(_ batch: CapturedPipe.Batch) {
    isReading = false
    guard !isDone else { return }
    rest = batch.rest
    take(batch)
    resume()
  }

  private func take(_ batch: CapturedPipe.Batch) {
    encoder = batch.encoder
    // The next is read while these are sent.
    if batch.outcome == .more, !isAlone, hasRoom { readElsewhere() }
    if !isDiscarding { for reply in batch.replies { sink.deliver(reply) } }
    if batch.outcome == .end { finish() }
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
