internal import JobProtocol
internal import LinuxSystem
internal import SystemPackage
internal import Varlink

/// What `jobctl run` says about its job, besides what the job says.
struct RunReporter {
  private enum Level {
    case quiet
    /// What a person would not know from the exit code.
    case normal
    case verbose
  }

  private let level: Level
  /// Where each reply goes as a line of JSON.
  private let status: FileDescriptor?
  /// What that is called.
  private let statusName: String?
  private let writer = MessageWriter()
  /// Why the job was asked to end through this jobctl.
  private var reasons: Set<String> = []

  init(_ options: MessageOptions) {
    status = options.statusFd.map(FileDescriptor.init) ?? (options.json ? .standardError : nil)
    statusName = options.statusFd.map { "--status-fd \($0)" }
    // JSON on standard error says all that there is to say, and is to be read by a machine.
    let isMachines = status == .standardError
    level = options.quiet || isMachines ? .quiet : options.verbose ? .verbose : .normal
  }

  /// - Parameter reply: `nil` for one of a kind that this jobctl doesn't know.
  func replied(_ parameters: JSONObject, _ reply: RunReply?) {
    if let status { writer.write("\(parameters)\n", to: status, called: statusName) }
    switch reply {
    case .queued(let job) where level == .verbose: note("job \(job.id): queued")
    case .started(let job) where level == .verbose: note(Self.started(job))
    case .stopping(let job) where level == .verbose:
      note("job \(job.id): stopping (\(job.runtime.cause?.rawValue ?? "no cause given"))")
    case .finished(let job): finished(job)
    case .queued, .started, .stopping, .output, nil: break
    }
  }

  /// jobctl got a signal. Only a person at a terminal needs to be told.
  func interrupted(by signal: Signal, job: Int?) {
    guard signal == .interrupt, Terminal.isTerminal(.standardError) else { return }
    let which = job.map { "job \($0)" } ?? "the job"
    // The terminal has just shown ^C.
    note("stopping \(which); Ctrl-C again kills it at once", before: "\n")
  }

  /// jobctl doesn't wait for the end of the job.
  func left(_ job: Int?) {
    note("not waiting any longer; jobd goes on ending \(job.map { "job \($0)" } ?? "the job")")
  }

  /// jobctl asks jobd to end the job.
  mutating func asked(_ reason: String?) {
    if let reason { reasons.insert(reason) }
  }

  func note(_ line: String, before: String = "") {
    if level != .quiet { writer.write(before + Printer.noted(line), to: .standardError) }
  }

  /// jobctl can't go on.
  func failed(_ failure: Failure) {
    writer.write(Printer.noted(failure.message), to: .standardError)
  }

  /// Waits until all that was said is written, as ``MessageWriter`` does.
  func finish(
    orUntil signals: borrowing SignalDescriptor, patience: Int?
  ) throws(SystemError) -> Signal? {
    try writer.finish(orUntil: signals, patience: patience)
  }

  private func finished(_ job: Job) {
    guard let result = job.runtime.result else { return }
    if level == .verbose {
      note("job \(job.id): " + summary(job, result))
    } else if let failure = result.startFailure {
      note(Self.words(failure, job.context.command))
    } else if isWorthTelling(result) {
      note("\(job.context.displayName): \(Outcome.sentence(result, isOurs: isOurs(result)))")
    }
  }

  /// Whether a person would be surprised: not by an exit code, nor by what a shell doesn't mention,
  /// nor by what they did to the job through this very jobctl.
  private func isWorthTelling(_ result: JobResult) -> Bool {
    switch result.cause {
    case .exited: false
    case .signaled:
      result.exitSignal != Signal.pipe.name && result.exitSignal != Signal.interrupt.name
    case .disconnected, .requested: result.killed || !isOurs(result)
    case .failedToStart, .oom, .shutdown, .stuck: true
    }
  }

  /// Whether the job was cancelled through this jobctl, by a signal or by the end of its input. Not told by
  /// the process that asked: jobd may know it by the number of another pid namespace.
  func isOurs(_ result: JobResult) -> Bool {
    switch result.cause {
    case .disconnected: true
    case .requested: result.requestedBy?.reason.map(reasons.contains) ?? false
    default: false
    }
  }

  /// As a shell or env(1) says it.
  private static func words(_ failure: StartFailure, _ command: [OSString]) -> String {
    switch failure.step {
    case .executable:
      let name = command.first.map(Quoting.word) ?? ""
      return "\(name): \(Errno(rawValue: CInt(truncatingIfNeeded: failure.errno)))"
    case .workingDirectory:
      let path = failure.path.map(Quoting.visible) ?? "working directory"
      return "\(path): \(Errno(rawValue: CInt(truncatingIfNeeded: failure.errno)))"
    case .interpreter, .controlGroup, .process, .preparation:
      return failure.message
    }
  }

  private static func started(_ job: Job) -> String {
    var line = "job \(job.id): started"
    if let pid = job.runtime.mainPid { line += ", pid \(pid)" }
    if let group = job.runtime.controlGroup { line += ", cgroup \(Quoting.visible(group))" }
    return line
  }

  private func summary(_ job: Job, _ result: JobResult) -> String {
    let now = Int(SystemClock.monotonicUSec())
    let elapsed = Quantity.duration(microseconds: JobTimes(job.runtime, now: now).elapsed)
    let usage = result.usage.flatMap(UsageSummary.text).map { ", " + $0 } ?? ""
    return "\(Outcome.sentence(result, isOurs: isOurs(result))), \(elapsed) elapsed\(usage)"
  }
}
