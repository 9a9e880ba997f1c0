internal import ArgumentParser

/// How the job's processes are asked to end before they are killed.
struct StopOptions: Equatable {
  var signal: SignalArgument?
  var stopScope = ScopeArgument.tree
  var grace: TimeSpan?
}

/// ``StopOptions`` as the library reads them.
struct StopArguments: ParsableArguments {
  @Option(
    name: [.customShort("s", allowingJoined: true), .long],
    help: ArgumentHelp(
      """
      Signal that asks the job to end, whatever ends it: TERM, SIGINT, 15, or none. Default: \
      SIGTERM, or the signal that jobctl gets.
      """,
      valueName: "signal"))
  var signal: SignalArgument?

  @Option(help: "Who gets the signal.")
  var stopScope: ScopeArgument = .tree

  @Option(
    name: [.customShort("k", allowingJoined: true), .long],
    help: ArgumentHelp(
      """
      How long the job may take to end before it is killed: 5, 0.5, 500ms, 2min. 0 kills at \
      once, 1h is the most. Default: 5s.
      """,
      valueName: "time"))
  var grace: TimeSpan?

  var options: StopOptions { StopOptions(signal: signal, stopScope: stopScope, grace: grace) }
}
