/// How a main process ended, as `waitid` says it.
public struct MainExit: Hashable, Sendable {
  public enum Status: Hashable, Sendable {
    case exited(Int)
    /// Number and name of the signal.
    case signaled(Int32, name: String, coreDumped: Bool)
  }

  public var status: Status
  /// CPU time, microseconds.
  public var userUSec: Int
  public var systemUSec: Int
  /// `nil` where the kernel's figure isn't the process's own.
  public var peakResidentBytes: Int?

  public init(status: Status, userUSec: Int, systemUSec: Int, peakResidentBytes: Int?) {
    self.status = status
    self.userUSec = userUSec
    self.systemUSec = systemUSec
    self.peakResidentBytes = peakResidentBytes
  }
}

/// A job's first process.
enum MainProcess: Hashable, Sendable {
  case unborn
  case running(pid: Int)
  case exited(MainExit, pid: Int)

  var pid: Int? {
    switch self {
    case .unborn: nil
    case .running(let pid), .exited(_, let pid): pid
    }
  }

  var exit: MainExit? {
    if case .exited(let exit, _) = self { exit } else { nil }
  }
}
