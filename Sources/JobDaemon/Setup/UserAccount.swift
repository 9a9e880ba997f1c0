import Glibc
import JobProtocol
import LinuxProcess

/// The user that the service runs as, and its jobs do.
enum UserAccount {
  static var uid: Int { Int(geteuid()) }

  /// What a login would set: the environment of a job that brings none. environ(7)
  static var environment: [OSString] {
    var variables = ["PATH=\(SearchPath.standard)"]
    // getpwuid(3): a user without an entry has no name, and nothing that hangs on it.
    if let entry = unsafe getpwuid(geteuid()) {
      let name = unsafe String(cString: entry.pointee.pw_name)
      variables += ["USER=\(name)", "LOGNAME=\(name)"]
      variables += unsafe ["HOME=\(String(cString: entry.pointee.pw_dir))"]
      variables += unsafe ["SHELL=\(String(cString: entry.pointee.pw_shell))"]
    }
    return variables.compactMap { OSString($0) }
  }
}
