import LinuxSystem
import Synchronization

/// Writes messages on a thread, for the log or the service manager.
///
/// To write one may take for ever: to a terminal that was stopped, a pager that nobody scrolls, a journal whose disk is full,
/// a service manager that hangs. No job is to outlive its line for that. Who has something to say waits until it was written,
/// as what a message tells is to be found by whoever sees it happen, but not for long: after that messages are kept until
/// they are taken, and of too many the newest are lost.
///
/// Until it has begun, and where there can't be another thread, whoever has something to say writes it.
nonisolated final class MessageThread: Sendable {
  /// Microseconds that one waits. A busy machine takes some of a thousand.
  private static let patience = 50_000
  /// Microseconds that the end of the service waits for all that there is.
  private static let lastPatience = 1_000_000
  private static let bytesMax = 256 * 1024
  private static let stackBytes = 256 * 1024

  private let output: @Sendable (MessageQueue.Message) -> Void
  private let queue = Mutex(MessageQueue(bytesMax: bytesMax))
  /// Counts messages for the thread.
  private let submitted = Semaphore()
  /// Counts those that were written, for who waits.
  private let progress = Semaphore()

  private let hasBegun = Atomic(false)

  init(by output: @escaping @Sendable (MessageQueue.Message) -> Void) {
    self.output = output
  }

  /// To be called once, when there are to be jobs.
  func begin() {
    // In real time too, where that was decided: a job that forks without end would be waited for.
    let rank = try? Scheduling.Rank.decided()
    let thread: Void? = try? DetachedThread.start(rank, stackBytes: Self.stackBytes) { [self] in
      work(rank)
    }
    hasBegun.store(thread != nil, ordering: .sequentiallyConsistent)
  }

  /// Messages that were lost since the last one that wasn't.
  var lost: Int { queue.withLock { $0.lost } }

  func write(_ message: MessageQueue.Message) {
    guard hasBegun.load(ordering: .sequentiallyConsistent) else { return output(message) }
    let number = queue.withLock { $0.submit(message) }
    submitted.post()
    wait(for: number, Self.patience)
    queue.withLock { $0.waited(for: number) }
  }

  func flush() {
    wait(for: queue.withLock { $0.accepted }, Self.lastPatience)
  }

  private func wait(for number: Int, _ patience: Int) {
    let deadline = Moment.monotonic + patience
    while queue.withLock({ $0.written < number }) {
      let rest = deadline - Moment.monotonic
      if rest <= 0 { return }
      progress.wait(within: rest)
    }
  }

  private func work(_ rank: Scheduling.Rank?) {
    try? rank?.take()
    while true {
      submitted.wait()
      guard let message = queue.withLock({ $0.next() }) else { continue }
      output(message)
      queue.withLock { $0.wrote(message) }
      progress.post()
    }
  }
}
