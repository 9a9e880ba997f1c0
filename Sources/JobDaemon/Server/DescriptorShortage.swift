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
  /// Hears who has waited, and is to look again.
  var over: ([ClientID]) -> Void = { _ in }
  /// A message brought some of the reserve, and nobody has found since that none would.
  private var isNear = false
  /// In the order in which they came. They may have gone.
  private var waiting: [ClientID] = []

  init(_ loop: EventLoop, _ budget: DescriptorBudget, log: Logger) throws(SystemError) {
    self.budget = budget
    self.log = log
    timer = try TimerSource(loop) { [unowned self] in look() }
  }

  /// These came with a message.
  func received(_ descriptors: borrowing PassedDescriptors) {
    if descriptors.reach(budget.firstReserved) { isNear = true }
  }

  /// A message may be read, whatever it brings.
  var isAbsent: Bool {
    guard isNear else { return true }
    let next = budget.nextPassed
    if next < budget.firstReserved { isNear = false }
    return next < budget.firstUnread
  }

  /// A client's message isn't read before there is room.
  func wait(_ client: ClientID) {
    if waiting.isEmpty {
      log.warning("too few descriptors are left: messages that bring some aren't read for now")
      timer?.arm(at: Moment.monotonic + Self.period)
    }
    waiting.append(client)
  }

  private func look() {
    guard isAbsent else {
      timer?.arm(at: Moment.monotonic + Self.period)
      return
    }
    log.notice("messages that bring descriptors are read again")
    let waited = waiting
    waiting = []
    over(waited)
  }
}
