public import JobProtocol

/// How a job ended, and what it wrote.
public struct CollectedResult: Sendable, Hashable {
  public var job: Job
  public var result: JobResult
  public var standardOutput: [UInt8]
  public var standardError: [UInt8]

  init(job: Job, standardOutput: [UInt8], standardError: [UInt8]) throws(JobClientError) {
    guard let result = job.runtime.result else {
      throw .notUnderstood("a finished job without a result")
    }
    self.job = job
    self.result = result
    self.standardOutput = standardOutput
    self.standardError = standardError
  }
}
