import CSystemd
import Glibc
import JobEngine
import LinuxSystem

/// What the service manager is told. Without one, nobody is.
///
/// sd_notify(3)
final class Notifier {
  /// The status changes at most so often, in microseconds: it is for people to read.
  private static let statusPeriod = 1_000_000

  private let counts: () -> JobEngine.Counts
  private var timer: TimerSource?
  /// Says that the loop goes round, as often as that is asked for. Not by sd_event_set_watchdog(3), which would have the
  /// loop wait for a manager that hangs.
  private var watchdog: TimerSource?
  private var told: String?
  private let isListened: Bool
  private let thread = MessageThread {
    _ = unsafe sd_notify(0, String(decoding: $0.joined(), as: UTF8.self))
  }

  init(_ loop: EventLoop, counts: @escaping () -> JobEngine.Counts) throws(SystemError) {
    self.counts = counts
    isListened = unsafe getenv("NOTIFY_SOCKET") != nil
    guard isListened else { return }
    thread.begin()
    timer = try TimerSource(loop) { [unowned self] in tellStatus() }
    watchdog = try TimerSource(loop) { [unowned self] in keepAlive() }
  }

  /// A client can connect, and would be served.
  func ready() {
    told = status
    notify("READY=1\nSTATUS=\(status)")
    watchdog?.arm(at: Moment.monotonic)
  }

  /// Twice as often as it has to be. sd_watchdog_enabled(3)
  private func keepAlive() {
    var period: UInt64 = 0
    guard unsafe sd_watchdog_enabled(0, &period) > 0 else { return }
    notify("WATCHDOG=1")
    watchdog?.arm(at: Moment.monotonic + Int(period / 2))
  }

  func stopping() {
    notify("STOPPING=1\nSTATUS=Stopping, \(status)")
  }

  /// The number of jobs may have changed.
  func countsChanged() {
    guard isListened, status != told else { return }
    timer?.arm(at: Moment.monotonic + Self.statusPeriod)
  }

  private func tellStatus() {
    guard status != told else { return }
    told = status
    notify("STATUS=\(status)")
  }

  private var status: String {
    let counts = counts()
    var status = "\(counts.running) running, \(counts.queued) queued"
    if counts.removing > 0 { status += ", \(counts.removing) being removed" }
    if counts.stuck > 0 { status += ", \(counts.stuck) stuck" }
    return status
  }

  private func notify(_ state: String) {
    if isListened { thread.write([Array(state.utf8)]) }
  }
}
