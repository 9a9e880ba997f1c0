import JobProtocol
import LinuxSystem
import Synchronization
import SystemPackage

/// One stream of a job's captured output, from the pipe to the client.
///
/// It reads only while the client has room, so that a reader who stops stops its own job's pipe and
/// nothing else, and what is in memory is bounded by some pieces and what the connection queues.
final class OutputRelay {
  /// Microseconds that somebody who isn't the job's may keep the pipe locked when the job has no process left.
  private static let lockedMax = 5_000_000

  private let loop: EventLoop
  private let pipe: CapturedPipe
  /// Where it is read.
  private let threads: Offload
  private var source: IOSource?
  private var encoder: OutputEncoder
  private let sink: OutputSink

  private var hasBegun = false
  /// No process of the job is left: what is in the pipe is still to be read, and no more.
  private var isDraining = false
  /// Then, bytes of that. A process that isn't the job's may hold the pipe, too, and write to it for ever.
  private var rest: Int?
  /// Then, how long the pipe may be locked.
  private var patience: TimerSource?
  /// Nobody listens: it reads, so that the job isn't blocked, and throws away.
  private var isDiscarding = false
  private(set) var isDone = false
  /// While it is read, or is to be: set once a thread has come to it. Until then, it isn't this pipe that is waited for.
  private var reading: Flag?
  private var isDelivering = false

  init(
    _ loop: EventLoop, _ threads: Offload, _ reader: consuming PipeEnd,
    _ stream: OutputStream, to sink: OutputSink
  ) throws(SystemError) {
    self.loop = loop
    pipe = CapturedPipe(reader)
    self.threads = threads
    self.encoder = OutputEncoder(stream)
    self.sink = sink
    source = try IOSource(loop, pipe.descriptor, []) { [unowned self] events in
      events.contains(.input) ? read() : finish()
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
    // To deliver may make room, and lead here.
    guard hasBegun, !isDone, reading == nil, !isDelivering else { return }
    if !isDraining {
      source?.events = .input
    } else if pipe.isAtEnd {
      finish()
    } else {
      read()
    }
  }

  /// Passes on what is still in the pipe, and is done.
  func drain() {
    hasBegun = true
    isDraining = true
    if reading != nil { beginPatience() }
    resume()
  }

  /// Is done with what it has, and doesn't touch the pipe again.
  func drop() {
    if !isDone { finish() }
  }

  /// Throws away what comes from now on.
  func discard() {
    isDiscarding = true
    isDraining ? drop() : resume()
  }

  private var hasRoom: Bool { isDiscarding || sink.hasRoom() }

  private func read() {
    source?.events = []
    guard hasRoom else { return }
    let reading = Flag()
    self.reading = reading
    if isDraining { beginPatience() }
    let asks = isDraining && rest == nil
    // Held here until that is done: it is for the loop to let go of it, while it makes no process.
    threads.run { [unowned pipe, encoder, rest, isDiscarding] in
      reading.set()
      return pipe.read(
        by: encoder, rest: asks ? pipe.unreadBytes() : rest, isDiscarding: isDiscarding)
    } then: { [weak self, pipe] batch in
      self?.arrived(batch)
      withExtendedLifetime(pipe) {}
    }
  }

  private func arrived(_ batch: CapturedPipe.Batch) {
    reading = nil
    patience = nil
    guard !isDone else { return }
    rest = batch.rest
    encoder = batch.encoder
    // The next is read while these are sent.
    if batch.outcome == .more { read() }
    deliver(batch.replies)
    if isDone { return }
    batch.outcome == .end ? finish() : resume()
  }

  private func deliver(_ replies: [[UInt8]]) {
    isDelivering = true
    defer { isDelivering = false }
    for reply in replies where !isDiscarding { sink.deliver(reply) }
  }

  private func finish() {
    isDone = true
    source = nil
    patience = nil
    if !isDiscarding, let rest = encoder.flush() { sink.deliver(rest) }
    sink.done()
  }

  /// The end of a job waits for nobody else for ever.
  private func beginPatience() {
    patience = try? TimerSource(loop) { [unowned self] in
      guard reading?.isSet == true else { return armPatience() }
      sink.lost()
      drop()
    }
    armPatience()
  }

  private func armPatience() {
    patience?.arm(at: Moment.monotonic + Self.lockedMax)
  }
}

/// Where captured output goes.
struct OutputSink {
  /// The client can take another piece.
  let hasRoom: () -> Bool
  /// Takes one encoded reply.
  let deliver: ([UInt8]) -> Void
  /// What is still in the pipe can't be read.
  let lost: () -> Void
  /// Nothing more comes.
  let done: () -> Void
}

/// Set by a thread.
private nonisolated final class Flag: Sendable {
  private let value = Atomic(false)

  var isSet: Bool { value.load(ordering: .relaxed) }

  func set() { value.store(true, ordering: .relaxed) }
}
