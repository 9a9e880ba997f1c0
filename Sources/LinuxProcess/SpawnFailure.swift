internal import LinuxSystem
public import SystemPackage

/// A program that could not be started: what was being done, on what, and the kernel's answer.
///
/// Nothing is left of the attempt: no process, no descriptor.
public struct SpawnFailure: Error, Hashable, Sendable {
  /// What was being done.
  public enum Step: Hashable, Sendable {
    /// Entering the job's cgroup.
    case controlGroup
    /// Making a process: a limit was reached, or memory is short.
    case process
    /// Making a session for it.
    case session
    /// Giving it standard input, output and error.
    case standardStreams
    /// Closing every other descriptor.
    case descriptors
    case workingDirectory
    case executable
    /// The executable is there, the interpreter that it names isn't.
    case interpreter
    /// The process was killed before it had executed the command.
    case killed
  }

  /// What failed.
  public var step: Step
  /// What it was done on, where that is a file or a directory.
  public var path: [UInt8]?
  /// The kernel's answer.
  public var errno: Errno
  /// All of it in a sentence.
  public var message: String

  /// The command wasn't found anywhere: exit code 127, by custom; 126 for one that was found and
  /// can't be executed.
  public var isNotFound: Bool {
    step == .executable && (errno == .noSuchFileOrDirectory || errno == .notDirectory)
  }
}

extension SpawnFailure: CustomStringConvertible {
  public var description: String { "\(message) (\(errno.name))" }
}
