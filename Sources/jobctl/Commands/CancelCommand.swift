internal import ArgumentParser
internal import JobProtocol
internal import LinuxSystem
internal import SystemPackage
internal import Varlink

/// `jobctl cancel`
struct CancelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "End jobs, and wait until nothing is left of them.",
    discussion: """
      Several jobs are ended at the same time. To cancel a job that has finished is no error.

        jobctl cancel 7 8
        jobctl cancel --grace 0 --reason 'disk is full' 7

      Exit codes: 0 if all have finished; 1 if there is no such job; 125 if jobctl or jobd failed.
      """)

  @ParentCommand var jobctl: Jobctl
  @OptionGroup var connection: ConnectionOptions

  @Option(
    name: [.customShort("s", allowingJoined: true), .long],
    help: ArgumentHelp("Signal to ask with, instead of the job's own.", valueName: "signal"))
  var signal: SignalArgument?

  @Option(
    name: [.customShort("k", allowingJoined: true), .long],
    help: ArgumentHelp(
      "How long the job may take from now on, instead of its own time: 5, 500ms, at most 1h. 0 kills at once.",
      valueName: "time"))
  var grace: TimeSpan?

  @Option(
    name: [.customShort("r", allowingJoined: true), .long],
    help: ArgumentHelp("Why: told to whoever waits for the job.", valueName: "text"))
  var reason: RawArgument?

  @Flag(name: [.short, .long], help: "Tell how each job ended.")
  var verbose = false

  @Flag(help: "Print each job, once it has finished, as a line of JSON.")
  var json = false

  @Argument(help: ArgumentHelp("Numbers of jobs.", valueName: "id"))
  var ids: [JobID]

  func run() throws {
    let socket = try JobdSocket(option: (connection.socket ?? jobctl.socket)?.value)
    let reason = try RawArgument.text(reason, of: "--reason")
    // All are asked before any is waited for: each on a connection of its own, which is busy until
    // its job has finished.
    // The soft limit is usually 1,024.
    try? ResourceLimit.current(.openFiles).raise()
    var failures = Failures()
    let requests = ids.compactMap { id in
      let parameters = CancelParameters(
        id: id.value, signal: signal?.wire, gracePeriodUSec: grace?.microseconds, reason: reason)
      return failures.of { () throws(Failure) in try CancelRequest(parameters, to: socket) }
    }
    for request in requests {
      failures.of { () throws(Failure) in try show(request.wait()) }
    }
    try failures.end()
  }

  private func show(_ reply: JSONObject) throws(Failure) {
    let job: Job
    do throws(BadValue) {
      job = try CancelReply(reply).job
    } catch {
      throw Failure("jobd can't be understood: \(error)")
    }
    if json, let said = reply["job"] { try Printer.print(said) }
    guard let result = job.runtime.result else { return }
    if verbose || result.cause == .stuck {
      Printer.note("job \(job.id) (\(job.context.displayName)): \(Outcome.sentence(result))")
    }
  }
}
