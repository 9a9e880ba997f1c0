import JobProtocol
import Testing

/// Values of the types of `io.jobd`.
enum Samples {
  /// A value and the name that the interface has for its type.
  struct Sample: Sendable, CustomTestStringConvertible {
    let type: String
    let value: any WireObject

    var testDescription: String { type }
  }

  /// At least one value of each type with every field set, several where fields exclude each other.
  static let full: [Sample] = [
    Sample(type: "StopContext", value: stop),
    Sample(type: "JobContext", value: context),
    Sample(type: "JobContext", value: binaryContext),
    Sample(type: "Timestamp", value: timestamp),
    Sample(type: "Requester", value: requester),
    Sample(type: "StartFailure", value: startFailure),
    Sample(type: "Survivor", value: survivor),
    Sample(type: "Usage", value: usage),
    Sample(type: "JobResult", value: result),
    Sample(type: "JobRuntime", value: runtime),
    Sample(type: "Job", value: job),
    Sample(type: "Output", value: Output(stream: .standardOutput, bytes: Array("é\n".utf8))),
    Sample(type: "Output", value: Output(stream: .standardError, bytes: [0xff, 0x00, 0x80])),
  ]

  /// A value of each type with nothing but what must be there.
  static let minimal: [Sample] = [
    Sample(type: "StopContext", value: StopContext()),
    Sample(type: "JobContext", value: JobContext(command: ["true"])),
    Sample(type: "Requester", value: Requester(uid: 0, pid: 1)),
    Sample(
      type: "StartFailure",
      value: StartFailure(step: .process, errno: 11, errnoName: "EAGAIN", message: "fork: no")),
    Sample(type: "Survivor", value: Survivor(pid: 7, command: "tar", state: "D")),
    Sample(type: "Usage", value: Usage()),
    Sample(type: "JobResult", value: JobResult(cause: .shutdown)),
    Sample(type: "JobRuntime", value: minimalRuntime),
    Sample(type: "Job", value: minimalJob),
  ]

  static let timestamp = Timestamp(realtime: 1_795_470_820_104_128, monotonic: 2_781_036_159)
  static let requester = {
    var requester = Requester(uid: 1000, pid: 77, reason: "newer edit")
    requester.isTruncated = true
    return requester
  }()
  static let survivor = Survivor(pid: 78, command: "tar x", state: "D", waitChannel: "nfs_wait")
  static let stop = StopContext(
    signal: "SIGINT", scope: .main, closeStandardInput: true, gracePeriodUSec: 0)

  static let startFailure = {
    var failure = StartFailure(
      step: .executable, path: "/src/run", errno: 13, errnoName: "EACCES",
      message: "/src/run: Permission denied")
    failure.isTruncated = true
    return failure
  }()

  static let context = {
    var context = JobContext(
      command: ["make", "-j4", ""], name: "build", workingDirectory: "/src",
      environment: ["PATH=/bin", "EMPTY=", "MAKEFLAGS=-j=4"], umask: 0o27, wait: .tree, stop: stop)
    context.isTruncated = true
    return context
  }()

  /// What is not UTF-8 wherever that may be.
  static let binaryContext = JobContext(
    command: ["tar", latin1("caf\u{e9}")],
    workingDirectory: latin1("/caf\u{e9}"),
    environment: ["PATH=/bin", latin1("NAME=caf\u{e9}")])

  static var usage: Usage {
    var usage = Usage()
    usage.cpuUSec = 1
    usage.cpuUserUSec = 2
    usage.cpuSystemUSec = 3
    usage.mainUserUSec = 4
    usage.mainSystemUSec = 5
    usage.mainPeakResidentBytes = 6
    usage.memoryPeakBytes = 7
    usage.oomKills = 8
    usage.tasksPeak = 9
    usage.ioReadBytes = 10
    usage.ioWriteBytes = 11
    return usage
  }

  static var result: JobResult {
    var result = JobResult(cause: .stuck)
    result.exitStatus = 3
    result.exitSignal = "SIGKILL"
    result.coreDumped = false
    result.startFailure = startFailure
    result.requestedBy = requester
    result.killed = true
    result.survivors = [survivor, Survivor(pid: 79, command: "sh", state: "R")]
    result.usage = usage
    result.containment = .processTree
    return result
  }

  static let minimalRuntime = JobRuntime(
    state: .queued, uid: 0, clientPid: 1, queuedTimestamp: timestamp)

  static var runtime: JobRuntime {
    var runtime = JobRuntime(
      state: .finished, uid: 1000, clientPid: 42, queuedTimestamp: timestamp)
    runtime.controlGroup = "/jobd/jobs/7"
    runtime.mainPid = 77
    runtime.startedTimestamp = timestamp
    runtime.cause = .stuck
    runtime.finishedTimestamp = timestamp
    runtime.result = result
    return runtime
  }

  static let job = Job(id: 7, context: context, runtime: runtime)
  static let minimalJob = Job(
    id: 0, context: JobContext(command: ["true"]), runtime: minimalRuntime)

  static let service = ServiceDescription(
    version: "1.0.0", pid: 1, controlGroup: "/jobd", queued: 2, running: 3, removing: 4, stuck: 5,
    runningMax: 6, queuedMax: 7)

  static let runReplies: [RunReply] = [
    .queued(minimalJob), .started(job), .output(Output(stream: .standardOutput, bytes: [0x41])),
    .stopping(job), .finished(job),
  ]

  static let runParameters: [RunParameters] = [
    RunParameters(context: context),
    RunParameters(context: minimalJob.context, standardInput: .data(Array("text".utf8))),
    RunParameters(context: minimalJob.context, standardInput: .data([0xc3])),
    RunParameters(
      context: minimalJob.context, standardInput: .descriptor(0), standardOutputFileDescriptor: 1,
      standardErrorFileDescriptor: 2),
  ]

  static let errors: [JobdError] = [
    .noSuchJob(id: 7), .badValue(BadValue("context.stop.signal", "is no signal")),
    .tooManyJobs(limit: 10), .shuttingDown,
  ]

  /// Text in Latin-1, which as UTF-8 is invalid where it isn't ASCII.
  private static func latin1(_ text: String) -> OSString {
    OSString(bytes: text.unicodeScalars.map { UInt8($0.value) }) ?? ""
  }
}
