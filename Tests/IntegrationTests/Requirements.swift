import Glibc
import JobProtocol
import LinuxSystem
import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
  /// A daemon needs a place for its jobs' control groups.
  static var needsCgroups: Self {
    .enabled(
      if: Cgroups.areThere,
      "needs root and a cgroup v2 hierarchy, which jobd makes its own place in")
  }

  /// strace(1), which makes system calls fail.
  static var needsStrace: Self {
    .enabled(
      if: (try? output(of: ["strace", "-o", "/dev/null", "true"])) != nil,
      "needs strace, and the permission to use it")
  }

  /// unshare(1)
  static var needsNamespaces: Self {
    .enabled("needs the right to make namespaces") {
      let unshare = try TestProcess(["unshare", "--mount", "--pid", "--fork", "true"])
      return try unshare.waitForExit().status == .exited(code: 0)
    }
  }
}

/// What executes a daemon in a mount namespace of its own, where this was done before. unshare(1)
func inMountNamespace(_ command: String) -> [String] {
  ["unshare", "--mount", "sh", "-c", "\(command) exec \"$@\"", "sh"]
}

extension StopContext {
  /// The usual signal and this grace period.
  static func grace(seconds: Int) -> StopContext {
    StopContext(gracePeriodUSec: seconds * 1_000_000)
  }
}

/// A job without children that says "ready", and ends when it gets one of these signals: it says so and
/// exits with the code that goes with it.
///
/// In perl, which every Debian has: a child that a shell starts can miss a signal that comes between its
/// fork and its exec.
func answering(_ signals: KeyValuePairs<String, Int>) -> [String] {
  let handlers = signals.map { signal, code in
    "$SIG{\(signal)} = sub { print \"heard \(signal)\\n\"; exit \(code) };"
  }
  let idle = "select undef, undef, undef, 0.05 while 1"
  return ["perl", "-e", "$| = 1; \(handlers.joined()) print \"ready\\n\"; \(idle)"]
}

/// The job ignores being asked, and says when it does.
let deaf = "trap '' TERM INT HUP; echo ready; while :; do sleep 1000; done"

extension RunParameters {
  /// The job lasts until the input that is passed for it is at its end, and exits with 9.
  static var untilInputEnds: RunParameters {
    let command = ["/bin/sh", "-c", "read line; exit 9"].map(OSString.init(text:))
    return RunParameters(context: JobContext(command: command), standardInput: .descriptor(0))
  }
}
