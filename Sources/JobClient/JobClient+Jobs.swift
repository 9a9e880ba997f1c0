public import JobProtocol
public import LinuxSystem
internal import Varlink

extension JobClient {
  /// The jobs that there are: those that have not finished, and the newest of those that have.
  ///
  /// - Throws: ``JobClientError``
  public func list(includingFinished: Bool = true) async throws(JobClientError) -> [Job] {
    let call = Call(
      JobdInterface.Method.list.rawValue, ListParameters(finished: includingFinished).wire,
      mode: .more)
    return try await Connection.open(address, call).completeList().jobs
  }

  /// One job.
  ///
  /// - Throws: ``JobClientError``; `.refused(.noSuchJob)` if there is none of that id.
  public func job(_ id: Int) async throws(JobClientError) -> Job {
    let jobs = try await call(.list, ListParameters(id: id).wire, ListReply.init).jobs
    guard let job = jobs.first else { throw .refused(.noSuchJob(id: id)) }
    return job
  }

  /// Ends a job, whoever runs it, and waits until it has finished.
  ///
  /// - Parameters:
  ///   - signal: what to ask it with, instead of the job's own.
  ///   - gracePeriod: how long it may take, instead of the job's own; zero kills at once. At most an hour.
  ///   - reason: told to those who wait for the job.
  /// - Returns: The job, finished. It may have finished before, for a reason of its own.
  /// - Throws: ``JobClientError``; `.refused(.noSuchJob)` if there is none of that id.
  public func cancel(
    _ id: Int, signal: Signal? = nil, gracePeriod: Duration? = nil, reason: String? = nil
  ) async throws(JobClientError) -> Job {
    let parameters = CancelParameters(
      id: id, signal: signal?.name, gracePeriodUSec: gracePeriod?.microseconds, reason: reason)
    return try await call(.cancel, parameters.wire, CancelReply.init).job
  }

  /// jobd itself: its version, its limits, how much it has to do.
  ///
  /// - Throws: ``JobClientError``
  public func describe() async throws(JobClientError) -> ServiceDescription {
    try await call(.describe, [:], ServiceDescription.init)
  }

  /// One call, one reply.
  private func call<Value>(
    _ method: JobdInterface.Method, _ parameters: JSONObject,
    _ read: (JSONObject) throws(BadValue) -> Value
  ) async throws(JobClientError) -> Value {
    let connection = try await Connection.open(address, Call(method.rawValue, parameters))
    let reply = try await connection.reply()
    do throws(BadValue) {
      return try read(reply.parameters)
    } catch {
      throw .notUnderstood("\(error)")
    }
  }
}

extension Duration {
  /// Rounded up, so that a period that isn't zero never becomes it. What 64 bits can't hold becomes
  /// the longest that they can.
  var microseconds: Int {
    let (seconds, attoseconds) = components
    let rest = (attoseconds + 999_999_999_999) / 1_000_000_000_000
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    return overflow ? .max : Int(product.addingReportingOverflow(rest).partialValue)
  }
}
