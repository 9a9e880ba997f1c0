internal import JobProtocol

/// All that is known about a job, one thing a line.
struct JobDetails {
  private var facts = Facts()

  /// - Parameter now: microseconds of `CLOCK_MONOTONIC`.
  init(_ job: Job, now: Int) {
    facts.add("Job", "\(job.id) (\(job.context.displayName))")
    facts.add("State", Self.state(of: job, now: now))
    facts.add("Command", Quoting.commandLine(job.context))
    facts.add("Directory", job.context.workingDirectory.map(Quoting.word))
    facts.add("Stops by", Self.stop(job.context.stop ?? StopContext()))
    facts.add("Ends with", job.context.wait == .tree ? "its last process" : nil)
    facts.add("Client", "process \(job.runtime.clientPid) of user \(job.runtime.uid)")
    facts.add("Main PID", job.runtime.mainPid.map { "\($0)" })
    facts.add("Cgroup", job.runtime.controlGroup.map(Quoting.visible))
    addTimes(JobTimes(job.runtime, now: now), job.runtime)
    if let result = job.runtime.result { addResult(result) }
  }

  /// The lines, each ended by a newline.
  var text: String { facts.text }

  private mutating func addTimes(_ times: JobTimes, _ runtime: JobRuntime) {
    for (label, moment) in [
      ("Queued", runtime.queuedTimestamp), ("Started", runtime.startedTimestamp),
      ("Finished", runtime.finishedTimestamp),
    ] {
      guard let moment else { continue }
      let ago = Quantity.duration(microseconds: times.since(moment))
      facts.add(label, "\(WallClock.text(microseconds: moment.realtime)) (\(ago) ago)")
    }
    facts.add("Elapsed", Quantity.duration(microseconds: times.elapsed))
  }

  private mutating func addResult(_ result: JobResult) {
    facts.add("Cause", result.cause.rawValue)
    facts.add("Result", Outcome.sentence(result))
    // The usual thing isn't worth a line.
    facts.add("Held by", result.containment == .processTree ? "parentage alone, no cgroup" : nil)
    facts.add("Usage", result.usage.flatMap(UsageSummary.text))
  }

  private static func state(of job: Job, now: Int) -> String {
    guard job.runtime.state == .stopping, let cause = job.runtime.cause else {
      return job.runtime.state.rawValue
    }
    return "stopping (\(cause.rawValue))"
  }

  private static func stop(_ stop: StopContext) -> String {
    var ways: [String] = []
    if stop.closeStandardInput == true { ways.append("closing its standard input") }
    if stop.signal?.lowercased() != "none" {
      let scope = stop.scope == .main ? "main process" : "tree"
      ways.append("\(Quoting.visible(stop.signal ?? "SIGTERM")) to its \(scope)")
    }
    let grace = stop.gracePeriodUSec.map(Quantity.duration(microseconds:)) ?? "5s"
    return ways.joined(separator: ", ") + (ways.isEmpty ? "" : ", ") + "SIGKILL after \(grace)"
  }
}
