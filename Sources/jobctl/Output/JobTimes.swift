internal import JobProtocol

/// How long a job has been waiting, running or done.
struct JobTimes {
  private let runtime: JobRuntime
  /// Microseconds of `CLOCK_MONOTONIC`.
  private let now: Int

  init(_ runtime: JobRuntime, now: Int) {
    self.runtime = runtime
    self.now = now
  }

  /// Microseconds from its start, or from its arrival where it never started, to its end or to now.
  var elapsed: Int {
    let begin = runtime.startedTimestamp ?? runtime.queuedTimestamp
    return max(0, (runtime.finishedTimestamp?.monotonic ?? now) - begin.monotonic)
  }

  /// Microseconds since a moment of the job's life.
  func since(_ moment: Timestamp) -> Int {
    max(0, now - moment.monotonic)
  }
}
