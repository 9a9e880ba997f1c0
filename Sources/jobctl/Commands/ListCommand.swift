internal import ArgumentParser
internal import JobProtocol
internal import LinuxSystem
internal import SystemPackage
internal import Varlink

/// `jobctl list`
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List jobs.",
    discussion: """
      With --all also the newest of those that have finished, with their results.

        jobctl list --all --json | jq 'select(.runtime.result.cause == "stuck")'
      """,
    aliases: ["ls"])

  enum Selection: EnumerableFlag {
    case active
    case all

    static func name(for value: Selection) -> NameSpecification {
      value == .all ? [.customShort("a"), .long] : .long
    }

    static func help(for value: Selection) -> ArgumentHelp? {
      value == .all ? "Finished jobs, too." : "Only jobs that have not finished."
    }
  }

  @ParentCommand var jobctl: Jobctl
  @OptionGroup var connection: ConnectionOptions
  @Flag var selection: Selection = .active
  @Flag(help: "Print each job as a line of JSON.")
  var json = false

  func run() throws {
    let socket = try JobdSocket(option: (connection.socket ?? jobctl.socket)?.value)
    var service = try ServiceConnection(to: socket)
    var jobs: [Job] = []
    try service.list(ListParameters(finished: selection == .all)) { piece in
      jobs += piece.values
      if json { for job in piece.json { try Printer.print(job) } }
    }
    if !json, !jobs.isEmpty {
      let table = JobTable(jobs, now: Int(SystemClock.monotonicUSec()))
      try Printer.print(table.text(width: Terminal.width(of: .standardOutput)))
    }
  }
}
