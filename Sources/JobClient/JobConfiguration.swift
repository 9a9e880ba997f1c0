public import JobProtocol
public import SystemPackage

/// What to run as a job, and how.
public struct JobConfiguration: Sendable, Hashable {
  public var executable: Executable
  public var arguments: Arguments
  /// `nil` for jobd's default: `PATH`, `HOME`, `USER`, `LOGNAME` and `SHELL`, and nothing else.
  public var environment: Environment?
  /// Defaults to this process's own. A relative path is relative to that.
  public var workingDirectory: FilePath?
  /// Name for people. Defaults to the executable's own.
  public var name: String?
  /// File mode creation mask. Defaults to 022.
  public var fileModeMask: Int?
  /// When the job is over: with its main process, whereupon what that leaves behind is stopped, or
  /// with the last process of its tree.
  public var wait = Scope.main
  public var teardown = Teardown()
  public var standardInput = Input.none
  public var standardOutput = OutputDestination.captured
  public var standardError = OutputDestination.captured

  public init(
    _ executable: Executable, arguments: Arguments = [], environment: Environment? = .inherit,
    workingDirectory: FilePath? = nil
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.workingDirectory = workingDirectory
  }
}
