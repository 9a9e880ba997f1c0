internal import ArgumentParser
internal import JobProtocol

/// What the job is, besides its command.
struct JobOptions: Equatable {
  var name: OSString?
  var directory: OSString?
  var umask: FileMode?
  /// `nil` where it isn't said.
  var stdin: StandardInputMode?
  var wait = ScopeArgument.main
}

/// ``JobOptions`` as the library reads them.
struct JobArguments: ParsableArguments {
  @Option(
    name: [.customShort("n", allowingJoined: true), .long],
    help: ArgumentHelp("Name for people. Default: the command's own.", valueName: "name"))
  var name: RawArgument?

  @Option(
    name: [.customShort("C", allowingJoined: true), .customLong("cwd")],
    help: ArgumentHelp("Run in this directory instead of the current one.", valueName: "dir"),
    completion: .directory)
  var directory: RawArgument?

  @Option(
    help: ArgumentHelp(
      "File mode creation mask, octal. Default: jobctl's own.", valueName: "mode"))
  var umask: FileMode?

  @Option(
    help: """
      What the job reads, as said above. Default: inherit, or null in the background of a terminal.
      """)
  var stdin: StandardInputMode?

  @Option(
    help: """
      When the job is over: with its main process, and what that leaves behind is stopped; or \
      with the last process of its tree.
      """)
  var wait: ScopeArgument = .main

  var options: JobOptions {
    JobOptions(
      name: name?.value, directory: directory?.value, umask: umask, stdin: stdin, wait: wait)
  }
}

/// What a job reads, and what jobctl's own standard input is for.
enum StandardInputMode: String, ExpressibleByArgument, CaseIterable {
  /// The job reads from jobctl's standard input itself.
  case inherit
  /// The job reads `/dev/null`.
  case null
  /// The job reads `/dev/null`; jobctl's standard input is its lifeline.
  case keepalive
  /// The job reads a pipe that never has data and is closed to ask the job to end.
  case close
}

/// ``Scope`` as an argument.
enum ScopeArgument: String, ExpressibleByArgument, CaseIterable {
  case main
  case tree

  var scope: Scope {
    switch self {
    case .main: .main
    case .tree: .tree
    }
  }
}
