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
  private var waiting: [ClientID: Connection] = [:]

  init(_ loop: EventLoop, _ budget: DescriptorBudget, log: Logger) throws(SystemError) {
    self.budget = budget
    self.log = log
    timer = try TimerSource(loop) { [unowned self] in look() }
  }

  /// A client's message isn't read before there is room.
  func wait(for connection: Connection) {
    if waiting.isEmpty {
      log.warning("too few descriptors are left: messages that bring some aren't read for now")
      timer?.arm(at: Moment.monotonic + Self.period)
    }
    waiting[connection.id] = connection
  }

  /// The client has gone.
  func left(_ client: ClientID) {
    waiting[client] = nil
  }

  private func look() {
    if waiting.isEmpty { return }
    guard budget.hasRoomForMessage else {
      timer?.arm(at: Moment.monotonic + Self.period)
      return
    }
    log.notice("messages that bring descriptors are read again")
    while let waited = waiting.popFirst() { waited.value.shortageOver() }
  }
}
