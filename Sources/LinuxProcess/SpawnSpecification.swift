/// What to start: the program with everything that a job says about it.
///
/// Arguments, variables and paths are any bytes but NUL, as on Linux.
public final class SpawnSpecification: Sendable {
  /// Why something can't be started by anybody.
  public enum Invalid: Error, Hashable, Sendable {
    case noArguments
    /// A NUL byte in an argument, a variable or a path would silently end it there.
    case embeddedNUL
  }

  /// The command as it was asked for.
  let command: [UInt8]
  /// The paths to try for it.
  let candidates: [[UInt8]]
  let workingDirectory: [UInt8]
  /// The working directory, then the candidates, for the kernel.
  let paths: CStringArray
  let umask: UInt32
  let arguments: CStringArray
  let environment: CStringArray
  /// The PATH that was searched, for messages; `nil` when the command is a path.
  let searchPath: [UInt8]?

  /// - Parameters:
  ///   - arguments: The program's argument vector; the first is the command.
  ///   - environment: All of its variables, each `NAME=value`.
  ///   - workingDirectory: Where it starts, and what relative paths are relative to.
  ///   - umask: The file mode creation mask. umask(2)
  public init(
    arguments: [[UInt8]], environment: [[UInt8]], workingDirectory: [UInt8], umask: UInt32 = 0o022
  ) throws(Invalid) {
    guard let command = arguments.first else { throw .noArguments }
    let all = [arguments, environment, [workingDirectory]].joined()
    guard !all.contains(where: { $0.contains(0) }) else { throw .embeddedNUL }
    self.command = command
    candidates = SearchPath.candidates(for: command, environment: environment)
    let isPath = command.contains(UInt8(ascii: "/"))
    searchPath = isPath ? nil : SearchPath.path(in: environment)
    self.workingDirectory = workingDirectory
    paths = CStringArray([workingDirectory] + candidates)
    self.umask = umask
    self.arguments = CStringArray(arguments)
    self.environment = CStringArray(environment)
  }

  /// The same for texts.
  public convenience init(
    arguments: [String], environment: [String] = [], workingDirectory: String = "/",
    umask: UInt32 = 0o022
  ) throws(Invalid) {
    try self.init(
      arguments: arguments.map { Array($0.utf8) }, environment: environment.map { Array($0.utf8) },
      workingDirectory: Array(workingDirectory.utf8), umask: umask)
  }
}
