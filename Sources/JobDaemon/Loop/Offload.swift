import Glibc
import LinuxSystem
import Synchronization
import SystemPackage

/// Threads for what could hold the loop up: exec of a file on a dead network mount, `cgroup.kill` of
/// thousands. Nothing of the daemon's state is touched there: work takes values and gives a value, and
/// what is done with that is done on the loop.
final class Offload {
  /// Work that may be under way at one time: so many calls may hang on dead mounts before others wait.
  nonisolated static let threadsMax = 64

  private let shared: Shared
  private var source: IOSource?
  /// What is to be done on the loop once the work of that number is. No thread is given these: at times
  /// it would have the last reference, and the daemon's objects can't be freed there. The runtime
  /// hands those over to Dispatch's main queue, which nobody empties, and they stay for ever.
  private var completions: [Int: () -> Void] = [:]
  private var lastNumber = 0

  init(_ loop: EventLoop) throws(SystemError) {
    shared = try Shared()
    source = try IOSource(loop, shared.finished.raw, .input, priority: .exits) {
      [unowned self] _ in complete()
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
    shared.submit(Work(number: lastNumber) { result.value = work() })
  }

  private func complete() {
    for number in shared.takeFinished() { completions.removeValue(forKey: number)?() }
  }
}

/// What a thread does.
private nonisolated struct Work: Sendable {
  let number: Int
  let perform: @Sendable () -> Void
}

/// What came of it: set by the thread, and afterwards read on the loop.
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

/// What the loop and the threads have in common.
private nonisolated final class Shared: Sendable {
  struct State {
    var waiting: [Work] = []
    /// Numbers of what is done.
    var finished: [Int] = []
    var threads = 0
    var idle = 0
  }

  private let state = Mutex(State())
  /// Counts the work that waits: each read takes one.
  private let submitted: OwnedDescriptor
  /// Readable while there is work that is done.
  let finished: OwnedDescriptor

  init() throws(SystemError) {
    submitted = try EventCounter.make(takesOne: true)
    finished = try EventCounter.make(takesOne: false, nonblocking: true)
  }

  func submit(_ work: Work) {
    let needsThread = state.withLock { state in
      state.waiting.append(work)
      guard state.idle < state.waiting.count, state.threads < Offload.threadsMax else {
        return false
      }
      state.threads += 1
      return true
    }
    if needsThread, !startThread(), !hasThread() {
      // Without a single thread it is done here: late is better than never.
      return perform(work)
    }
    EventCounter.add(submitted.raw)
  }

  /// After one could not be started: whether there is any. If not, nothing is left waiting for it.
  private func hasThread() -> Bool {
    state.withLock { state in
      state.threads -= 1
      if state.threads == 0 { state.waiting.removeAll() }
      return state.threads > 0
    }
  }

  func takeFinished() -> [Int] {
    EventCounter.take(finished.raw)
    return state.withLock { state in
      defer { state.finished.removeAll(keepingCapacity: true) }
      return state.finished
    }
  }

  private func startThread() -> Bool {
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(self)
    let answer = unsafe pthread_create(&thread, nil, Shared.main, context.toOpaque())
    guard answer == 0 else {
      unsafe context.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
    unsafe Unmanaged<Shared>.fromOpaque($0!).takeRetainedValue().work()
    return nil
  }

  /// A thread works until the process ends.
  private func work() {
    // Without it they are somewhat slower: a job resets what it inherits in any case.
    try? Scheduling.resetOnFork()
    while true {
      state.withLock { $0.idle += 1 }
      EventCounter.take(submitted.raw)
      let work = state.withLock { state in
        state.idle -= 1
        return state.waiting.removeFirst()
      }
      perform(work)
    }
  }

  private func perform(_ work: Work) {
    work.perform()
    let isFirst = state.withLock { state in
      state.finished.append(work.number)
      return state.finished.count == 1
    }
    if isFirst { EventCounter.add(finished.raw) }
  }
}
