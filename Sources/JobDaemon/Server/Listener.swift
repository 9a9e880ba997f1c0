import LinuxSystem
import Logging
import SystemPackage

/// A socket that listens.
///
/// Connections that there are no descriptors for wait in the kernel's queue, until others close or something
/// else has changed.
final class Listener {
  /// Connections taken in one turn of the loop, so that those that are there are served, too.
  private static let acceptsPerTurn = 16
  /// Microseconds until it is tried again though nothing of ours was closed: the shortage may be the
  /// machine's. Each further wait is twice as long.
  private static let retryFirst = 100_000
  /// Longest of these waits.
  private static let retryMax = 10_000_000

  private let listening: ServerSocket
  private let budget: DescriptorBudget
  private let accepted: (consuming UnixSocket) -> Void
  private let log: Logger
  private var source: IOSource?
  private var timer: TimerSource?
  /// The wait after this one; `nil` unless connections are waiting, or were a moment ago.
  private var shortage: Int?

  init(
    _ loop: EventLoop, _ socket: consuming UnixSocket, _ budget: DescriptorBudget,
    accepted: @escaping (consuming UnixSocket) -> Void, log: Logger
  ) throws(SystemError) {
    self.listening = ServerSocket(socket)
    self.budget = budget
    self.accepted = accepted
    self.log = log
    timer = try TimerSource(loop, priority: .accepting) { [unowned self] in retry() }
    source = try IOSource(
      loop, listening.socket.descriptor.raw, .input, priority: .accepting
    ) { [unowned self] _ in
      accept()
    }
  }

  // Before the descriptor that it watches is closed.
  isolated deinit {
    source = nil
  }

  private func accept() {
    for _ in 0..<Listener.acceptsPerTurn {
      do {
        guard let connection = try listening.socket.accept() else { return nobodyWaits() }
        let isLast = budget.isReserved(connection.descriptor.raw)
        accepted(connection)
        if isLast { return pause(for: SystemError("accept", errno: .tooManyOpenFiles)) }
      } catch {
        switch error.errno {
        // The client went away before we came to it.
        case .connectionAbort, .protocolError, .interrupted: continue
        // Out of descriptors or memory: it stays in the queue.
        default: return pause(for: error)
        }
      }
    }
    // It may have been the last one: whether the shortage is over shows when none is there.
    if shortage != nil { timer?.arm(at: Moment.monotonic) }
  }

  private func pause(for error: SystemError) {
    if shortage == nil {
      log.error("no further connection can be taken until something is closed: \(error)")
    }
    source?.events = []
    let wait = shortage ?? Listener.retryFirst
    shortage = min(wait * 2, Listener.retryMax)
    timer?.arm(at: Moment.monotonic + wait)
  }

  /// Something was closed: there may be room again. It is for the loop to take who waits, in its turn.
  func resume() {
    if source?.events == [], budget.hasRoom { timer?.arm(at: Moment.monotonic) }
  }

  private func retry() {
    guard budget.hasRoom else {
      return pause(for: SystemError("accept", errno: .tooManyOpenFiles))
    }
    source?.events = .input
    accept()
  }

  private func nobodyWaits() {
    guard shortage != nil else { return }
    shortage = nil
    log.notice("all connections are taken again")
  }
}
