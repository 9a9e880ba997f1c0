internal import JobProtocol

extension JobClient {
  /// Starts a job, and hands out the sequence of what becomes of it.
  ///
  /// The job may still be waiting for a free slot when this returns. That it can't be started is no
  /// error here, but its end: `finished` with the cause `failed_to_start`.
  ///
  /// - Throws: ``JobClientError``, where jobd isn't there, or the task is cancelled before jobd has the
  ///   whole request. What jobd refuses is thrown by the sequence.
  public func run(
    _ configuration: JobConfiguration
  ) async throws(JobClientError) -> RunningJob {
    let request = try JobRequest(configuration)
    let connection = try await Connection.open(
      address, request.call, descriptors: request.descriptors)
    return RunningJob(connection)
  }

  /// Runs a job to its end, and collects what it writes to those of its streams that are captured.
  ///
  /// Cancelling the task ends the job.
  ///
  /// - Parameter limit: bytes of both streams together.
  /// - Throws: ``JobClientError``; `.outputLimitExceeded`, which ends the job.
  public func run(
    _ configuration: JobConfiguration, collectingUpTo limit: Int
  ) async throws(JobClientError) -> CollectedResult {
    var standardOutput: [UInt8] = []
    var standardError: [UInt8] = []
    for try await event in try await run(configuration) {
      switch event {
      case .output(let output):
        if standardOutput.count + standardError.count + output.bytes.count > limit {
          throw .outputLimitExceeded(limit: limit)
        }
        switch output.stream {
        case .standardOutput: standardOutput += output.bytes
        case .standardError: standardError += output.bytes
        }
      case .finished(let job):
        return try CollectedResult(
          job: job, standardOutput: standardOutput, standardError: standardError)
      case .queued, .started, .stopping: break
      }
    }
    throw .notUnderstood("a job's last reply doesn't say how it ended")
  }
}
