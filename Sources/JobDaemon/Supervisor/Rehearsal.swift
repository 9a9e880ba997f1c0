import JobEngine
import LinuxSystem

/// The end of a job is told once before it is there, to nobody: what it takes for that is in the processor's caches when
/// the kernel has ended the processes, for which this thread would have slept. (docs/performance.md)
///
/// It is done when nothing else is to be done, and only for the job that was asked to end, or killed, last: where there
/// are many, the caches have it from the one before.
final class Rehearsal {
  private var source: IdleSource?
  private var job: JobID?

  /// - Parameter perform: Tells the end of a job to nobody.
  init(_ loop: EventLoop, _ perform: @escaping (JobID) -> Void) throws(SystemError) {
    source = try IdleSource(loop) { [unowned self] in
      if let job = job.take() { perform(job) }
    }
  }

  /// The job is about to end.
  func want(for job: JobID) {
    self.job = job
    source?.ask()
  }
}
