import DequeModule
import JobEngine
import LinuxSystem

/// How long a client may take for its first call, and for the rest of a call that it has begun.
///
/// Between calls a client may be quiet for as long as it likes.
final class Patience {
  /// Microseconds. Longer than any client on a machine under load takes for one message.
  static let period = 30_000_000

  private var waiting: [ClientID: (at: Int, connection: Connection)] = [:]
  /// In the order in which they began, and among them some that are waited for no more: to take one out of the
  /// middle takes no longer, however many are.
  private var order: Deque<(client: ClientID, at: Int)> = []
  private var timer: TimerSource?

  private static let slack = 64

  init(_ loop: EventLoop) throws(SystemError) {
    timer = try TimerSource(loop) { [unowned self] in expire() }
  }

  /// The client owes us a call, or the rest of one.
  func begin(for connection: Connection) {
    guard waiting[connection.id] == nil else { return }
    let at = Moment.monotonic + Self.period
    waiting[connection.id] = (at, connection)
    order.append((connection.id, at))
    if waiting.count == 1 { arm() }
  }

  /// It has come, or never will.
  func met(by client: ClientID) {
    guard waiting.removeValue(forKey: client) != nil else { return }
    // No more of those that have come than of those that are waited for, and some.
    if order.count > 2 * waiting.count + Self.slack { order.removeAll { !isWaiting($0) } }
    if waiting.isEmpty { timer?.arm(at: nil) }
  }

  private func expire() {
    while let first = order.first, first.at <= Moment.monotonic {
      order.removeFirst()
      guard isWaiting(first) else { continue }
      waiting.removeValue(forKey: first.client)?.connection.close()
    }
    arm()
  }

  private func isWaiting(_ entry: (client: ClientID, at: Int)) -> Bool {
    waiting[entry.client]?.at == entry.at
  }

  /// The first to begin is the first to expire. A timer whose client was met, while others are waited for,
  /// is let run.
  private func arm() {
    while let first = order.first, !isWaiting(first) { order.removeFirst() }
    timer?.arm(at: order.first?.at)
  }
}
