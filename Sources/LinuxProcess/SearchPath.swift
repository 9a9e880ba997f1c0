internal import Glibc

/// Where a command is looked for: in the PATH of the job, not in the daemon's.
///
/// execvp(3)
public enum SearchPath {
  /// What is searched for a job without a PATH.
  public static var standard: String {
    geteuid() == 0
      ? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
      : "/usr/local/bin:/usr/bin:/bin"
  }

  /// A PATH of more directories is to be refused: one small message would be gigabytes of paths.
  public static let directoriesMax = 4096

  /// The paths to try for a command, in this order.
  ///
  /// A command with a slash is a path already; one that is too long for any is nowhere, which the kernel says of
  /// itself. An empty element of PATH is the working directory of the job, as always on Unix; relative paths are
  /// meant from there.
  public static func candidates(for command: [UInt8], environment: [[UInt8]]) -> [[UInt8]] {
    if command.isEmpty { return [] }
    if command.contains(slash) || command.count >= Int(PATH_MAX) { return [command] }
    let elements = path(in: environment).split(separator: colon, omittingEmptySubsequences: false)
    return elements.map { $0.isEmpty ? command : $0 + [slash] + command }
  }

  static func path(in environment: [[UInt8]]) -> [UInt8] {
    let prefix = Array("PATH=".utf8)
    // The first one counts, as in getenv(3).
    guard let variable = environment.first(where: { $0.starts(with: prefix) }) else {
      return Array(standard.utf8)
    }
    return Array(variable.dropFirst(prefix.count))
  }

  private static let slash = UInt8(ascii: "/")
  private static let colon = UInt8(ascii: ":")
}
