import JobEngine
import JobProtocol
import LinuxProcess
import Logging

// The life of a job, for the administrator: on request, as most want to hear of trouble only. Neither
// arguments nor environment are logged, where people put what is secret.

extension Supervisor {
  private static let level = Logger.Level.info
  /// Of a job's name: a line of a log is for people.
  private static let nameBytes = 255

  func logAccepted(_ id: JobID, _ request: RunRequest, _ client: Connection) {
    guard log.logLevel <= Self.level else { return }
    log.info(
      "accepted job \(id)",
      metadata: [
        "job": "\(id)", "name": "\((request.context.name ?? "").abridged(to: Self.nameBytes))",
        "clientPid": "\(client.peer.pid)", "clientUid": "\(client.peer.uid)",
      ])
  }

  func logStarted(_ job: JobResources) {
    guard log.logLevel <= Self.level, let pid = job.mainPid else { return }
    var metadata: Logger.Metadata = ["job": "\(job.id)", "pid": "\(pid)"]
    if let path = job.tree?.controlGroup { metadata["controlGroup"] = "\(path)" }
    log.info("started job \(job.id)", metadata: metadata)
  }

  func logFinished(_ id: JobID) {
    guard log.logLevel <= Self.level, let result = engine.finished(id)?.runtime.result else {
      return
    }
    var metadata: Logger.Metadata = ["job": "\(id)", "cause": "\(result.cause.rawValue)"]
    if let status = result.exitStatus { metadata["exitStatus"] = "\(status)" }
    if let signal = result.exitSignal { metadata["exitSignal"] = "\(signal)" }
    if let failure = result.startFailure { metadata["failure"] = "\(failure.message)" }
    if let requester = result.requestedBy { metadata["requestedBy"] = "\(requester.pid)" }
    log.info("finished job \(id)", metadata: metadata)
  }
}
