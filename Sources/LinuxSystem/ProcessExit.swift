package import CLinux
internal import Glibc

/// How a child ended and what it used.
public struct ProcessExit: Hashable, Sendable {
  /// The way that it ended.
  public enum Status: Hashable, Sendable {
    /// It returned this code, 0 to 255.
    case exited(code: Int32)
    case signaled(Signal, coreDumped: Bool)
  }

  /// Whose it was.
  public var pid: Int32
  /// How it ended.
  public var status: Status
  /// CPU time in programs, of the process and of those of its children that it waited for, in
  /// microseconds.
  public var userUSec: Int
  /// The same, in the kernel.
  public var systemUSec: Int
  /// The largest resident set of one of these processes, in bytes. The kernel goes on counting from
  /// the memory that a process had before it executed its program, which is its parent's.
  public var maxResidentBytes: Int

  /// What somebody else knows.
  public init(
    pid: Int32, status: Status, userUSec: Int, systemUSec: Int, maxResidentBytes: Int
  ) {
    self.pid = pid
    self.status = status
    self.userUSec = userUSec
    self.systemUSec = systemUSec
    self.maxResidentBytes = maxResidentBytes
  }

  /// Of one that somebody else has reaped. How it ended nobody can tell any more; nobody lives.
  public static func untold(of pid: Int32) -> ProcessExit {
    ProcessExit(
      pid: pid, status: .signaled(.kill, coreDumped: false), userUSec: 0, systemUSec: 0,
      maxResidentBytes: 0)
  }
}

extension ProcessExit {
  /// What waitid(2) told.
  package init(_ exit: clinux_exit) {
    self.init(
      pid: exit.pid,
      status: exit.code == CInt(CLD_EXITED)
        ? .exited(code: exit.status)
        : .signaled(Signal(rawValue: exit.status), coreDumped: exit.code == CInt(CLD_DUMPED)),
      userUSec: Int(exit.user_usec), systemUSec: Int(exit.system_usec),
      maxResidentBytes: Int(exit.max_resident_bytes))
  }
}
