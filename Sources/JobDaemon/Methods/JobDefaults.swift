import JobEngine
import JobProtocol
import LinuxProcess
import LinuxSystem

/// Completes what clients leave out, and refuses what makes no sense.
struct JobDefaults {
  let limits: Limits
  /// Of a job that brings none.
  let environment: [OSString]
  /// What jobs find in `$JOBD_SOCKET`; `nil` where the service doesn't know its own address.
  let socketPath: String?

  static let umask = 0o022
  static let signal = Signal.terminate

  /// What the engine needs to know of a job.
  func request(for context: JobContext) throws(JobdError) -> RunRequest {
    if let umask = context.umask, !(0...0o777).contains(umask) {
      throw .badValue(BadValue("context.umask", "is not between 0 and 511 (octal 777)"))
    }
    if context.isTruncated {
      throw .badValue(
        BadValue("context.truncated", "says that this describes a job and isn't all of it"))
    }
    try check(context.environment ?? [])
    var known = context
    known.environment = nil
    known.name = context.name ?? context.command.first?.fileName
    return RunRequest(
      context: known, stop: try plan(context.stop), waitsFor: context.wait ?? .main)
  }

  private func check(_ environment: [OSString]) throws(JobdError) {
    guard let path = environment.first(where: { $0.isVariable("PATH") }) else { return }
    let count = path.bytes.count { $0 == UInt8(ascii: ":") } + 1
    if count > SearchPath.directoriesMax {
      throw .badValue(
        BadValue(
          "context.environment",
          "has a PATH of \(count) directories, and \(SearchPath.directoriesMax) is the most"))
    }
  }

  private func plan(_ stop: StopContext?) throws(JobdError) -> StopPlan {
    var signal: Int32? = Self.signal.rawValue
    if let text = stop?.signal { signal = try self.signal(text, at: "context.stop.signal") }
    let gracePeriod = try gracePeriod(
      stop?.gracePeriodUSec, at: "context.stop.gracePeriodUSec")
    return StopPlan(
      signal: signal, scope: stop?.scope ?? .tree, closesInput: stop?.closeStandardInput ?? false,
      gracePeriod: gracePeriod ?? limits.gracePeriod)
  }

  /// - Returns: `nil` for `"none"`.
  func signal(_ text: String, at path: String) throws(JobdError) -> Int32? {
    if text == "none" { return nil }
    guard let signal = Signal(parsing: text) else {
      throw .badValue(
        BadValue(path, "is not a signal: it takes a name (SIGINT or INT), a number, or \"none\""))
    }
    return signal.rawValue
  }

  func gracePeriod(_ period: Int?, at path: String) throws(JobdError) -> Int? {
    guard let period else { return nil }
    if period < 0 { throw .badValue(BadValue(path, "is negative")) }
    if period > limits.gracePeriodMax {
      let most = limits.gracePeriodMax / 1_000_000
      throw .badValue(BadValue(path, "is longer than \(most) s, which is the longest"))
    }
    return period
  }

  /// What every process of the job finds in its environment: which job's it is, and whose.
  func marks(of id: JobID) -> [OSString] {
    let socket = socketPath.flatMap { OSString("\(JobdSocket.variable)=\($0)") }
    return [socket, OSString("JOBD_JOB=\(id)")].compactMap { $0 }
  }

  /// What is to be started for a job.
  ///
  /// - Parameter marks: ``marks(of:)``
  func specification(for context: JobContext, marks: [OSString]) -> SpawnSpecification {
    var environment = (context.environment ?? self.environment).compactMap(Jobserver.removed(from:))
    environment.removeAll { $0.isVariable(JobdSocket.variable) || $0.isVariable("JOBD_JOB") }
    environment += marks
    do {
      return try SpawnSpecification(
        arguments: context.command.map(\.bytes), environment: environment.map(\.bytes),
        workingDirectory: context.workingDirectory?.bytes ?? Array("/".utf8),
        umask: UInt32(context.umask ?? Self.umask))
    } catch {
      preconditionFailure("a context that was read can't be started: \(error)")
    }
  }
}

extension OSString {
  /// What stands behind the last slash.
  fileprivate var fileName: String {
    String(decoding: bytes.split(separator: UInt8(ascii: "/")).last ?? [], as: UTF8.self)
  }

  func isVariable(_ name: String) -> Bool {
    let length = name.utf8.count
    return bytes.count > length && bytes[length] == UInt8(ascii: "=")
      && bytes.starts(with: name.utf8)
  }
}
