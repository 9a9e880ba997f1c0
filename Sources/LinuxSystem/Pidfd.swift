internal import CLinux
internal import SystemPackage

/// A process by descriptor: it means the same process for ever, where a pid is given to another
/// one as soon as the process is reaped.
///
/// The descriptor becomes readable when the process has exited. pidfd_open(2)
public struct Pidfd: ~Copyable, Sendable {
  /// Readable when the process has exited. For polling.
  public let descriptor: OwnedDescriptor

  /// Takes over a descriptor that a clone3(2) returned.
  public init(adopting descriptor: consuming OwnedDescriptor) {
    self.descriptor = descriptor
  }

  /// The process that has this pid now.
  ///
  /// Check who that is by what can only be true of the one that was meant.
  public static func open(_ pid: Int32) throws(SystemError) -> Pidfd {
    let raw = try LinuxSystem.descriptor(clinux_pidfd_open(pid), "pidfd_open", "\(pid)")
    return Pidfd(adopting: OwnedDescriptor(adopting: raw))
  }

  /// pidfd_send_signal(2). Throws ESRCH when the process has been reaped; to one that has
  /// exited but wasn't, a signal is sent in vain.
  public borrowing func send(_ signal: Signal) throws(SystemError) {
    let answer = clinux_pidfd_send_signal(descriptor.raw.rawValue, signal.rawValue)
    _ = try checked(answer, "pidfd_send_signal", signal.name)
  }

  /// How the process ended, once, if it did; it must be a child of the caller. Never waits.
  ///
  /// waitid(2) with P_PIDFD
  public borrowing func reap() throws(SystemError) -> ProcessExit? {
    try reap(waiting: false)
  }

  /// Waits for the process, a child of the caller, to end.
  public borrowing func waitAndReap() throws(SystemError) -> ProcessExit {
    guard let exit = try reap(waiting: true) else {
      preconditionFailure("waitid without WNOHANG answered that no child has exited")
    }
    return exit
  }

  private borrowing func reap(waiting: Bool) throws(SystemError) -> ProcessExit? {
    var exit = clinux_exit()
    let answer = unsafe clinux_reap(descriptor.raw.rawValue, waiting, &exit)
    return try checked(answer, "waitid") == 0 ? nil : ProcessExit(exit)
  }
}
