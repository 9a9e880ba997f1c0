internal import ArgumentParser
internal import JobProtocol
internal import LinuxSystem
internal import Varlink

/// `jobctl watch`
struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Tell what changes, as it changes.",
    discussion: """
      Begins with the jobs that there are, then prints a line for each change: all jobs until \
      interrupted, or one job until it has finished. Watching a job doesn't keep it alive.

        jobctl watch --json | jq -r '.context.name + " is " + .runtime.state'
      """)

  @ParentCommand var jobctl: Jobctl
  @OptionGroup var connection: ConnectionOptions
  @Flag(help: "Print each job, whenever it changes, as a line of JSON.")
  var json = false
  @Argument(help: ArgumentHelp("Number of a job.", valueName: "id"))
  var id: JobID?

  func run() throws {
    let socket = try JobdSocket(option: (connection.socket ?? jobctl.socket)?.value)
    var service = try ServiceConnection(to: socket)
    let parameters = ListParameters(id: id?.value).wire
    try service.send(Call(JobdInterface.Method.list.rawValue, parameters, mode: .more))
    var isNews = id != nil
    var hasBegun = false
    while true {
      let reply = try Self.next(from: &service, begun: hasBegun)
      hasBegun = true
      let jobs = try Jobs(ServiceConnection.parameters(of: reply))
      for (job, said) in zip(jobs.values, jobs.json) {
        // Of all jobs, those that are over when the watch begins are no news.
        if !isNews, job.runtime.state == .finished { continue }
        try Printer.print(json ? "\(said)\n" : Self.line(job))
      }
      if !reply.continues { return }
      if jobs.isComplete { isNews = true }
    }
  }

  private static func next(
    from service: inout ServiceConnection, begun: Bool
  ) throws(Failure) -> Reply {
    do throws(Failure) {
      return try service.receive()
    } catch  where begun && error == ServiceConnection.closed {
      throw Failure("jobd closed the connection; was it stopped, or have you read too slowly?")
    }
  }

  /// `2026-11-23 21:30:00 UTC  7 make: running`
  private static func line(_ job: Job) -> String {
    let now = Int(SystemClock.realtimeUSec())
    var state = job.runtime.state.rawValue
    if let result = job.runtime.result {
      state += ": " + Outcome.sentence(result)
    } else if let cause = job.runtime.cause {
      state += ": \(cause.rawValue)"
    } else if job.runtime.state == .running, let pid = job.runtime.mainPid {
      state += ", pid \(pid)"
    }
    return "\(WallClock.text(microseconds: now))  \(job.id) \(job.context.displayName): \(state)\n"
  }
}
