import LinuxSystem
import Synchronization

/// Threads for what could hold the loop up: exec of a file on a dead network mount, `cgroup.kill` of
/// thousands. Nothing of the daemon's state is touched there: work takes values and gives a value, and
/// what is done with that is done on the loop.
///
/// It can be bounded how much is done at one time: a thread that goes on with what waits costs less than another that
/// is woken for it (docs/performance.md). What takes long isn't counted then, so that what waits behind sixty starts
/// from a dead mount does so for some hundredths of a second.
final class Offload {
  /// Work that may be under way at one time, unless told otherwise: so many calls may hang on dead mounts before others wait.
  nonisolated static let threadsMax = 64
  /// Microseconds from look to look at work that others wait for: what is seen by two takes long.
  private static let patience = 5_000

  private let queue: WorkQueue
  private var source: IOSource?
  /// Comes while work waits for its turn.
  private var timer: TimerSource?
  private var isWatching = false
  /// What is to be done on the loop once the work of that number is. No thread is given these: at times
  /// it would have the last reference, and the daemon's objects can't be freed there. The runtime
  /// hands those over to Dispatch's main queue, which nobody empties, and they stay for ever.
  private var completions: [Int: () -> Void] = [:]
  private var lastNumber = 0

  /// - Parameter atOnce: Work that is done at one time, as long as none takes long.
  init(
    _ loop: EventLoop, atOnce: Int = threadsMax, threadsMax: Int = threadsMax
  ) throws(SystemError) {
    queue = try WorkQueue(atOnce: min(atOnce, threadsMax), threadsMax: threadsMax)
    source = try IOSource(loop, queue.finished.raw, .input, priority: .exits) {
      [unowned self] _ in complete()
    }
    timer = try TimerSource(loop, priority: .exits) { [unowned self] in
      isWatching = false
      if self.queue.look() { watch() }
    }
  }

  isolated deinit {
    source = nil
  }

  /// Does `work` on another thread, then `completion` on the loop. Work is begun in order.
  ///
  /// What `work` captures must be such that any thread may free it.
  func run<Result: Sendable>(
    _ work: @escaping @Sendable () -> Result, then completion: @escaping (Result) -> Void
  ) {
    lastNumber += 1
    let result = Outcome<Result>()
    completions[lastNumber] = { completion(result.value) }
    if queue.submit(Work(number: lastNumber) { result.value = work() }) { watch() }
  }

  /// As much short work is under way as may be, and more waits.
  var isCrowded: Bool { queue.isCrowded }

  private func watch() {
    guard !isWatching else { return }
    isWatching = true
    timer?.arm(at: Moment.monotonic + Self.patience)
  }

  private func complete() {
    for number in queue.takeFinished() { completions.removeValue(forKey: number)?() }
    if queue.waits { watch() }
  }
}

/// What came of work: set by the thread, and afterwards read on the loop.
private nonisolated final class Outcome<Value: Sendable>: Sendable {
  private let stored = Mutex<Value?>(nil)

  var value: Value {
    get {
      guard let value = stored.withLock({ $0 }) else {
        preconditionFailure("work is finished and has no result")
      }
      return value
    }
    set { stored.withLock { $0 = newValue } }
  }
}
