import CSystemd
import Glibc
import LinuxSystem
import SystemPackage

/// A control group of our own, from the user's service manager: what an unprivileged user gets only there.
///
/// org.freedesktop.systemd1(5), StartTransientUnit; systemd.scope(5)
enum UserScope {
  /// There may be a service manager of the user's. Root has no need of one.
  static var isPossible: Bool {
    guard geteuid() != 0 else { return false }
    return unsafe getenv("XDG_RUNTIME_DIR") != nil
  }

  /// How long the service manager may take, in microseconds.
  private static let patience: UInt64 = 10_000_000

  /// Has this process put into a scope with `Delegate=yes`.
  ///
  /// - Returns: The name of the scope.
  static func enter() throws(SystemError) -> String {
    let name = "jobd-\(getpid()).scope"
    let bus = try UserBus()
    // Before the call: the job may be over before its answer is read.
    try bus.watchJobs()
    let job = try bus.startScope(name, pid: UInt32(getpid()))
    try bus.waitForJob(job, patience: patience)
    return name
  }
}
