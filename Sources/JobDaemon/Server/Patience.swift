import JobEngine
import LinuxSystem
import OrderedCollections

/// How long a client may take for its first call, and for the rest of a call that it has begun.
///
/// Between calls a client may be quiet for as long as it likes.
final class Patience {
  /// Microseconds. Longer than any client on a machine under load takes for one message.
  static let period = 30_000_000

  private var deadlines: OrderedDictionary<ClientID, (at: Int, connection: Connection)> = [:]
  private var timer: TimerSource?

  init(_ loop: EventLoop) throws(SystemError) {
    timer = try TimerSource(loop) { [unowned self] in expire() }
  }

  /// The client owes us a call, or the rest of one.
  func begin(for connection: Connection) {
    guard deadlines[connection.id] == nil else { return }
    deadlines[connection.id] = (Moment.monotonic + Self.period, connection)
    if deadlines.count == 1 { arm() }
  }

  /// It has come, or never will.
  func met(by client: ClientID) {
    guard deadlines.removeValue(forKey: client) != nil, deadlines.isEmpty else { return }
    timer?.arm(at: nil)
  }

  private func expire() {
    while let first = deadlines.values.first, first.at <= Moment.monotonic {
      deadlines.removeFirst()
      first.connection.close()
    }
    arm()
  }

  /// The first to begin is the first to expire. A timer whose client was met, while others are waited for,
  /// is let run.
  private func arm() {
    timer?.arm(at: deadlines.values.first?.at)
  }
}
