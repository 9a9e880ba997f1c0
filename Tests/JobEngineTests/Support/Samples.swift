public import JobEngine
import JobProtocol

// Values that most stories don't care about.

extension ClientID: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int) {
    self.init(rawValue: value)
  }
}

extension StopPlan {
  /// What a job has that says nothing about it.
  static let usual = StopPlan(
    signal: 15, scope: .tree, closesInput: false, gracePeriod: .seconds(5))
}

extension RunRequest {
  static func sample(
    _ stop: StopPlan = .usual, waitsFor: Scope = .main, command: [OSString] = ["make"],
    name: String? = nil
  ) -> RunRequest {
    RunRequest(
      context: JobContext(command: command, name: name), stop: stop, waitsFor: waitsFor)
  }
}

extension MainExit {
  static func exited(_ status: Int) -> MainExit {
    MainExit(status: .exited(status), userUSec: 300, systemUSec: 40, peakResidentBytes: 65_536)
  }

  static func signaled(_ number: Int32, _ name: String) -> MainExit {
    MainExit(
      status: .signaled(number, name: name, coreDumped: false), userUSec: 300, systemUSec: 40,
      peakResidentBytes: 65_536)
  }
}

extension StartFailure {
  static let noSuchFile = StartFailure(
    step: .executable, path: "/nowhere/make", errno: 2, errnoName: "ENOENT",
    message: "/nowhere/make: no such file or directory")
  static let killed = StartFailure(
    step: .process, errno: 125, errnoName: "ECANCELED", message: "killed on the way")
}

extension Survivor {
  static let asleep = Survivor(pid: 9, command: "ls", state: "D", waitChannel: "nfs_wait")
}

extension Int {
  /// Microseconds.
  static func milliseconds(_ count: Int) -> Int { count * 1_000 }
  /// Microseconds.
  static func seconds(_ count: Int) -> Int { count * 1_000_000 }
}

extension StopPlan {
  /// Kills without asking.
  static let now = StopPlan(signal: 15, scope: .tree, closesInput: false, gracePeriod: 0)
}

func limits(_ change: (inout Limits) -> Void) -> Limits {
  var limits = Limits()
  change(&limits)
  return limits
}
