internal import JobProtocol

/// Jobs, one a line.
struct JobTable {
  private var table = Table(
    .init("ID", .right), .init("STATE"), .init("PID", .right), .init("TIME", .right),
    .init("CPU", .right), .init("RESULT"), .init("NAME"), .init("COMMAND"))

  /// - Parameter now: microseconds of `CLOCK_MONOTONIC`.
  init(_ jobs: [Job], now: Int) {
    for job in jobs.sorted(by: { $0.id < $1.id }) { table.add(Self.cells(of: job, now: now)) }
  }

  /// - Parameter width: columns of the terminal; `nil` cuts nothing.
  func text(width: Int?) -> String { table.text(width: width) }

  private static func cells(of job: Job, now: Int) -> [String] {
    let runtime = job.runtime
    let cpu = runtime.result?.usage?.cpuUSec
    return [
      "\(job.id)",
      runtime.state.rawValue,
      runtime.state == .finished ? "-" : runtime.mainPid.map { "\($0)" } ?? "-",
      Quantity.duration(microseconds: JobTimes(runtime, now: now).elapsed),
      cpu.map(Quantity.duration(microseconds:)) ?? "-",
      runtime.result.map(Outcome.brief) ?? runtime.cause?.rawValue ?? "-",
      job.context.displayName,
      Quoting.commandLine(job.context),
    ]
  }
}

extension JobContext {
  /// The job's name, or the last component of its command's, fit for a terminal.
  var displayName: String {
    if let name { return Quoting.name(name) }
    let path = command.first?.bytes ?? []
    let last = path.split(separator: UInt8(ascii: "/")).last.map(Array.init) ?? path
    return OSString(bytes: last).map { Quoting.name(Quoting.word($0)) } ?? "-"
  }
}
