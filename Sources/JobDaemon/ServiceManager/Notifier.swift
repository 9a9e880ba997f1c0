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
  private var told: String?
  private let isListened: Bool
  /// Where there can be one.
  private let thread: MessageThread?

  init(_ loop: EventLoop, counts: @escaping () -> JobEngine.Counts) throws(SystemError) {
    self.counts = counts
    isListened = unsafe getenv("NOTIFY_SOCKET") != nil
    thread = isListened ? MessageThread(by: Self.write) : nil
    if isListened { timer = try TimerSource(loop) { [unowned self] in tellStatus() } }
  }

  /// A client can connect, and would be served.
  func ready() {
    told = status
    notify("READY=1\nSTATUS=\(status)")
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
    let message = [Array(state.utf8)]
    if let thread { thread.write(message) } else { Self.write(message) }
  }

  nonisolated private static func write(_ message: MessageQueue.Message) {
    _ = unsafe sd_notify(0, String(decoding: message.joined(), as: UTF8.self))
  }
}
