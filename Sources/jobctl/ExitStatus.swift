internal import JobProtocol
internal import LinuxSystem
internal import SystemPackage

/// What jobctl exits with, as env(1), nohup(1) and timeout(1) do.
enum ExitStatus {
  /// No job of that id.
  static let noSuchJob: Int32 = 1
  /// jobctl or jobd failed, or jobctl was called wrongly.
  static let failure: Int32 = 125
  /// The command was found and could not be executed.
  static let notExecutable: Int32 = 126
  /// The command was not found.
  static let notFound: Int32 = 127

  /// What a shell makes of a process that a signal ended.
  static func signaled(_ signal: Signal) -> Int32 { 128 + signal.rawValue }

  /// What `jobctl run` exits with: what became of the main process, whatever the job's cause is.
  ///
  /// - Parameter passedOn: the signal that jobctl got and passed on, if any. It stands in for the
  ///   end of a main process that was never started.
  static func of(_ result: JobResult, passedOn: Signal?) -> Int32 {
    if let status = result.exitStatus { return Int32(truncatingIfNeeded: status) }
    if let name = result.exitSignal, let signal = Signal(parsing: name) { return signaled(signal) }
    if let failure = result.startFailure { return of(failure) }
    return passedOn.map(signaled) ?? failure
  }

  /// As env(1): what went wrong before the command was touched, its directory included, is a failure
  /// of ours; of what went wrong with it, only that it isn't there has a code of its own.
  private static func of(_ failed: StartFailure) -> Int32 {
    switch failed.step {
    case .controlGroup, .process, .preparation, .workingDirectory: failure
    case .executable where failed.errno == Int(Errno.noSuchFileOrDirectory.rawValue): notFound
    case .executable, .interpreter: notExecutable
    }
  }
}
