import JobEngine
import LinuxSystem
import Logging

/// Messages that bring descriptors wait in their sockets while few are left.
///
/// Whoever reads such a message has all of them, and may be long in closing them: a client chooses for how long
/// (SO_LINGER), and one message after the other would take what jobs are killed and removed with. A call that brings
/// nothing is answered all the same.
final class DescriptorShortage {
  /// Microseconds between two looks whether there is room again.
  private static let period = 100_000

  private let budget: DescriptorBudget
  private let log: Logger
  private var timer: TimerSource?
  private var waiting: Set<ClientID> = []
  /// Hears who has waited, and is to look again.
  var over: ([ClientID]) -> Void = { _ in }

  init(_ loop: EventLoop, _ budget: DescriptorBudget, log: Logger) throws(SystemError) {
    self.budget = budget
    self.log = log
    timer = try TimerSource(loop) { [unowned self] in look() }
  }

  /// A client's message isn't read before there is room.
  func wait(_ client: ClientID) {
    if waiting.isEmpty {
      log.warning("too few descriptors are left: messages that bring some aren't read for now")
      timer?.arm(at: Moment.monotonic + Self.period)
    }
    waiting.insert(client)
  }

  /// The client has gone.
  func left(_ client: ClientID) {
    waiting.remove(client)
  }

  private func look() {
    if waiting.isEmpty { return }
    guard budget.hasRoomForMessage else {
      timer?.arm(at: Moment.monotonic + Self.period)
      return
    }
    log.notice("messages that bring descriptors are read again")
    let waited = waiting.sorted { $0.rawValue < $1.rawValue }
    waiting = []
    over(waited)
  }
}
