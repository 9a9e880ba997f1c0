internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// Writes what `jobctl run` says, on a thread of its own: a terminal that was stopped, or a full pipe that
/// nobody reads, must not keep jobctl from hearing signals.
///
/// The thread begins with a message where none is being written, and ends when all are.
final class MessageWriter: Sendable {
  private struct Message {
    let bytes: [UInt8]
    let descriptor: FileDescriptor
    let name: String?
  }

  private struct State: ~Copyable {
    /// In the order in which they were said.
    var waiting: [Message] = []
    /// It was told that something can't be written.
    var hasComplained = false
    /// Somebody takes those that wait.
    var isAtWork = false
    /// Counts how often all were written; made for the first.
    var finished: OwnedDescriptor?
  }

  private let state = Mutex(State())

  /// Sees to it that this is written: all of it, unless that is an error. That there is nobody to read it
  /// is no reason to fail.
  ///
  /// - Parameter name: What the descriptor is called when it is told, once, that it can't be written to; `nil`
  ///   where nobody is to be told.
  func write(_ text: String, to descriptor: FileDescriptor, called name: String? = nil) {
    let message = Message(bytes: Array(text.utf8), descriptor: descriptor, name: name)
    let isTaken = state.withLock { state in
      state.waiting.append(message)
      defer { state.isAtWork = true }
      return state.isAtWork
    }
    if isTaken { return }
    do {
      try begin()
    } catch {
      // Late is better than never.
      work()
    }
  }

  /// Waits until everything is written, or a signal comes meanwhile: that is who can't wait.
  ///
  /// - Parameter patience: The longest to wait, in microseconds; `nil` for however long it takes.
  /// - Returns: The signal.
  func finish(
    orUntil signals: borrowing SignalDescriptor, patience: Int?
  ) throws(SystemError) -> Signal? {
    var end = patience.map { SystemClock.monotonicUSec() + $0 }
    var came: Signal?
    while let finished = descriptorOfUnfinished {
      var poll = Poll()
      poll.add(finished)
      if came == nil { poll.add(signals.raw) }
      guard try poll.wait(until: end) else { return came }
      if poll.isReady(finished) { EventCounter.take(finished) }
      guard came == nil, let signal = try signals.next() else { continue }
      came = signal
      // What is just being written is not what keeps anybody waiting.
      end = SystemClock.monotonicUSec() + Self.moment
    }
    return nil
  }

  /// Microseconds that writing takes at most where somebody reads.
  private static let moment = 100_000

  /// Lent; `nil` where everything is written.
  private var descriptorOfUnfinished: FileDescriptor? {
    state.withLock { $0.isAtWork ? $0.finished?.raw : nil }
  }

  private func begin() throws(SystemError) {
    if state.withLock({ $0.finished == nil }) {
      var counter = Optional(try EventCounter.make(takesOne: false, nonblocking: true))
      state.withLock { $0.finished = counter.take() }
    }
    try DetachedThread.start(nil) { [self] in work() }
  }

  private func work() {
    while let message = next() {
      do throws(Errno) {
        try Self.write(message.bytes, to: message.descriptor)
      } catch {
        complain(error, of: message)
      }
    }
  }

  private func complain(_ error: Errno, of message: Message) {
    guard let name = message.name, error != .brokenPipe else { return }
    let isFirst = state.withLock { state in
      defer { state.hasComplained = true }
      return !state.hasComplained
    }
    guard isFirst else { return }
    try? Self.write(Array(Printer.noted("\(name): \(error)").utf8), to: .standardError)
  }

  private func next() -> Message? {
    state.withLock { state in
      if !state.waiting.isEmpty { return state.waiting.removeFirst() }
      state.isAtWork = false
      if let finished = state.finished?.raw { EventCounter.add(finished) }
      return nil
    }
  }

  /// Waits for room on a nonblocking descriptor, too: whoever shares it has made it one.
  private static func write(_ bytes: [UInt8], to descriptor: FileDescriptor) throws(Errno) {
    var rest = bytes[...]
    while !rest.isEmpty {
      do {
        rest = rest.dropFirst(
          try unsafe rest.withUnsafeBytes { try unsafe descriptor.write($0) })
      } catch Errno.wouldBlock {
        var poll = Poll()
        poll.add(descriptor, .output)
        do throws(SystemError) {
          try poll.wait()
        } catch {
          throw error.errno
        }
      } catch let error as Errno {
        throw error
      } catch {
        return
      }
    }
  }
}
