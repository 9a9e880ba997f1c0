internal import ArgumentParser
internal import JobProtocol
internal import LinuxSystem
internal import Varlink

/// `jobctl status`
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Tell all about a job; without one, about jobd.",
    discussion: """
      The exit code is 0 if there is such a job, whatever became of it, and 1 if there is none.
      """)

  @ParentCommand var jobctl: Jobctl
  @OptionGroup var connection: ConnectionOptions
  @Flag(help: "Print each job, or the service, as a line of JSON.")
  var json = false
  @Argument(help: ArgumentHelp("Numbers of jobs.", valueName: "id"))
  var ids: [JobID] = []

  func run() throws {
    let socket = try JobdSocket(option: (connection.socket ?? jobctl.socket)?.value)
    var service = try ServiceConnection(to: socket)
    if ids.isEmpty { return try describe(&service) }
    var failures = Failures()
    var isFirst = true
    for id in ids {
      failures.of { () throws(Failure) in
        let reply = try service.call(.list, ListParameters(id: id.value).wire)
        try show(Jobs(reply), isFirst: isFirst)
        isFirst = false
      }
    }
    try failures.end()
  }

  private func show(_ jobs: Jobs, isFirst: Bool) throws(Failure) {
    if json {
      for job in jobs.json { try Printer.print(job) }
      return
    }
    if !isFirst { try Printer.print("\n") }
    for job in jobs.values {
      try Printer.print(JobDetails(job, now: Int(SystemClock.monotonicUSec())).text)
    }
  }

  private func describe(_ service: inout ServiceConnection) throws {
    let reply = try service.call(.describe)
    if json { return try Printer.print(.object(reply)) }
    let description: ServiceDescription
    do throws(BadValue) {
      description = try ServiceDescription(reply)
    } catch {
      throw Failure("jobd can't be understood: \(error)")
    }
    try Printer.print(ServiceDetails(description).text)
  }
}
