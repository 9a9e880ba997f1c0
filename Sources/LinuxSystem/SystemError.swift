internal import CLinux
public import SystemPackage

/// A system call that failed: what was tried, on what, and the kernel's answer.
public struct SystemError: Error, Hashable, Sendable {
  /// What was being done, as a reader would say it: `"open"`, `"clone3"`, `"write cgroup.kill"`.
  public var operation: String
  /// What it was done on, a path as a rule.
  public var subject: String?
  public var errno: Errno

  public init(_ operation: String, _ subject: String? = nil, errno: Errno) {
    self.operation = operation
    self.subject = subject
    self.errno = errno
  }
}

extension SystemError: CustomStringConvertible {
  /// `open /no/such: No such file or directory (ENOENT)`
  public var description: String {
    let what = subject.map { "\(operation) \($0)" } ?? operation
    return "\(what): \(errno.description) (\(errno.name))"
  }
}

extension Errno {
  /// The symbolic name, `ENOENT`; the number where the C library has no name for it.
  ///
  /// strerrorname_np(3)
  public var name: String {
    guard let name = unsafe clinux_errno_name(rawValue) else { return "\(rawValue)" }
    return unsafe String(cString: name)
  }
}
