public import LinuxSystem
internal import SystemPackage

/// A process that we started: the first of a job.
public struct ChildProcess: ~Copyable, Sendable {
  /// For people: who wants to do something to the process uses the descriptor.
  public let pid: Int32
  /// The process itself; readable when it has exited.
  public let pidfd: Pidfd

  init(pid: Int32, pidfd: consuming Pidfd) {
    self.pid = pid
    self.pidfd = pidfd
  }

  /// Sends a signal, and SIGCONT so that a stopped process hears it. One that is gone is no error.
  public borrowing func ask(_ signal: Signal) throws(SystemError) {
    try pidfd.ask(signal)
  }

  /// How it ended, once, if it did. Never waits.
  public borrowing func reap() throws(SystemError) -> ProcessExit? {
    try pidfd.reap()
  }
}

extension Pidfd {
  /// A signal that is to be heard: a stopped process only notices it when it is continued.
  borrowing func ask(_ signal: Signal) throws(SystemError) {
    do {
      try send(signal)
      if signal != .stop && signal != .kill && signal != .continue { try send(.continue) }
    } catch let error where error.errno == .noSuchProcess {
      return
    }
  }
}
