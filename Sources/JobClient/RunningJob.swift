public import JobProtocol
internal import Varlink

/// A job that this program runs: a sequence of what becomes of it, and its lifeline.
///
/// Events come in the order of ``RunReply``: queued, started, output, stopping, finished, each
/// if it happens; `finished` is the last one and always comes, unless an error is thrown. The job
/// lives while this object or an iteration of it does, and no longer: jobd ends a job whose
/// ``RunningJob`` is gone, whose iteration was left, or whose iterating task was cancelled.
///
/// The events can be iterated over once.
public final class RunningJob: AsyncSequence, Sendable {
  public typealias Element = RunReply
  public typealias Failure = JobClientError

  private let connection: Connection

  init(_ connection: Connection) {
    self.connection = connection
  }

  /// Asks for the job to be ended, as its configuration says. The iteration goes on and hears how
  /// it ended; the cause is `disconnected`. May be called at any time, and more than once.
  public func cancel() {
    connection.halfClose()
  }

  public func makeAsyncIterator() -> Iterator {
    Iterator(connection)
  }

  public struct Iterator: AsyncIteratorProtocol {
    private let lifeline: Lifeline
    private var isFinished = false

    init(_ connection: Connection) {
      self.lifeline = Lifeline(connection)
    }

    /// The next event, `nil` behind ``RunReply/finished(_:)``.
    ///
    /// - Throws: ``JobClientError``; `.cancelled` if the task was cancelled.
    public mutating func next() async throws(JobClientError) -> RunReply? {
      try await next(isolation: #isolation)
    }

    /// The next event, `nil` behind ``RunReply/finished(_:)``.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(JobClientError) -> RunReply? {
      while !isFinished {
        let reply = try await lifeline.connection.reply()
        let event: RunReply?
        do throws(BadValue) {
          event = try RunReply(reply.parameters)
        } catch {
          throw .notUnderstood("\(error)")
        }
        if !reply.continues { isFinished = true }
        // An event that was added to io.jobd after this was written is skipped.
        if let event { return event }
      }
      return nil
    }
  }
}

/// The end of an iteration is the end of the job: this goes with the iterator.
private final class Lifeline: Sendable {
  let connection: Connection

  init(_ connection: Connection) {
    self.connection = connection
  }

  deinit {
    connection.close()
  }
}
