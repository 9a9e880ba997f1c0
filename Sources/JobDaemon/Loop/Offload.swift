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
  private let source: IOSource

  init(_ loop: EventLoop) throws(SystemError) {
    let shared = try Shared()
    self.shared = shared
    self.source = try IOSource(loop, shared.finished.raw, .input, priority: .exits) { _ in
      for completion in shared.takeCompletions() { completion() }
    }
  }

  /// Does `work` on another thread, then `completion` on the loop. Work is begun in order.
  func run<Result: Sendable>(
    _ work: @escaping @Sendable () -> Result, then completion: @escaping (Result) -> Void
  ) {
    let completion = UncheckedOnMainActor(completion)
    shared.submit {
      let result = work()
      return { @MainActor in completion.value(result) }
    }
  }
}

/// A closure of the loop's, on its way through another thread that doesn't call it.
private nonisolated struct UncheckedOnMainActor<Value>: @unchecked Sendable {
  let value: Value

  init(_ value: Value) {
    self.value = value
  }
}

/// What the loop and the threads have in common.
private nonisolated final class Shared: Sendable {
  typealias Completion = @MainActor @Sendable () -> Void
  typealias Work = @Sendable () -> Completion

  struct State {
    var waiting: [Work] = []
    var completions: [Completion] = []
    var threads = 0
    var idle = 0
  }

  private let state = Mutex(State())
  /// Counts the work that waits: each read takes one.
  private let submitted: OwnedDescriptor
  /// Readable while there are completions.
  let finished: OwnedDescriptor

  init() throws(SystemError) {
    submitted = try EventCounter.make(takesOne: true)
    finished = try EventCounter.make(takesOne: false, nonblocking: true)
  }

  func submit(_ work: @escaping Work) {
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
      return finish(work())
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

  func takeCompletions() -> [Completion] {
    EventCounter.take(finished.raw)
    return state.withLock { state in
      defer { state.completions.removeAll(keepingCapacity: true) }
      return state.completions
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
    while true {
      state.withLock { $0.idle += 1 }
      EventCounter.take(submitted.raw)
      let work = state.withLock { state in
        state.idle -= 1
        return state.waiting.removeFirst()
      }
      finish(work())
    }
  }

  private func finish(_ completion: @escaping Completion) {
    let isFirst = state.withLock { state in
      state.completions.append(completion)
      return state.completions.count == 1
    }
    if isFirst { EventCounter.add(finished.raw) }
  }
}
