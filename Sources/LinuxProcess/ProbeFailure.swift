public import LinuxSystem

/// Why jobs can't be held in the cgroup that was found.
public enum ProbeFailure: Error, Hashable, Sendable {
  /// A system call failed that everything depends on.
  case system(SystemError)
  /// The kernel refuses to put a process there.
  case refused(SystemError)
  /// There is no `cgroup.kill`: the kernel is older than 5.14.
  case noKill
  /// The process was put elsewhere, without an error.
  case misplaced(expected: String, found: String?)
  /// `cgroup.kill` didn't kill it.
  case survivedKill
}

extension ProbeFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .system(let error): "\(error)"
    case .refused(let error): "no process can be put there: \(error)"
    case .noKill: "no cgroup.kill: Linux 5.14 or later is needed"
    case .misplaced(let expected, let found):
      "a process made for \(expected) is in \(found ?? "no cgroup that can be seen")"
    case .survivedKill: "cgroup.kill left the process alive"
    }
  }
}
