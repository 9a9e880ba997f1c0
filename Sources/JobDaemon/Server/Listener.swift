import LinuxSystem
import Logging
import SystemPackage

/// A socket that listens.
final class Listener {
  /// Connections taken in one turn of the loop, so that those that are there are served, too.
  private static let acceptsPerTurn = 16

  private let socket: UnixSocket
  private let accepted: (consuming UnixSocket) -> Void
  private let log: Logger
  private var source: IOSource?

  init(
    _ loop: EventLoop, _ socket: consuming UnixSocket,
    accepted: @escaping (consuming UnixSocket) -> Void, log: Logger
  ) throws(SystemError) {
    self.socket = socket
    self.accepted = accepted
    self.log = log
    source = try IOSource(
      loop, self.socket.descriptor.raw, .input, priority: .accepting
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
        guard let connection = try socket.accept() else { return }
        accepted(connection)
      } catch {
        switch error.errno {
        // The client went away before we came to it.
        case .connectionAbort, .protocolError, .interrupted: continue
        default:
          // Out of descriptors or memory: it stays in the queue until a connection closes.
          log.error("no further connection can be taken until one closes: \(error)")
          source?.events = []
          return
        }
      }
    }
  }

  /// A connection was closed: there is room again.
  func resume() {
    source?.events = .input
  }
}
