public import JobProtocol
internal import Varlink

/// Jobs as they change: first all that there are, then those that changed, whenever some do. Whoever
/// is slow gets the newest state of a job, not each one.
///
/// No lifeline: jobs neither live nor end by being watched. Each iteration is a connection of its
/// own, closed when the iteration is left or its task cancelled.
public struct JobChanges: AsyncSequence, Sendable {
  public typealias Element = [Job]
  public typealias Failure = JobClientError

  let client: JobClient
  let id: Int?

  public func makeAsyncIterator() -> Iterator {
    Iterator(client: client, id: id)
  }

  public struct Iterator: AsyncIteratorProtocol {
    private enum State {
      case notCalled
      case called(Connection)
      case ended
    }

    private let client: JobClient
    private let id: Int?
    private var state = State.notCalled

    init(client: JobClient, id: Int?) {
      self.client = client
      self.id = id
    }

    /// The next jobs that changed; `nil` once the one job that is watched has finished.
    ///
    /// - Throws: ``JobClientError``; `.refused(.noSuchJob)` if there is none of that id.
    public mutating func next() async throws(JobClientError) -> [Job]? {
      try await next(isolation: #isolation)
    }

    /// The next jobs that changed; `nil` once the one job that is watched has finished.
    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async throws(JobClientError) -> [Job]? {
      guard let connection = try await connection() else { return nil }
      let reply = try await connection.reply()
      if !reply.continues { state = .ended }
      do throws(BadValue) {
        return try ListReply(reply.parameters).jobs
      } catch {
        throw .notUnderstood("\(error)")
      }
    }

    private mutating func connection() async throws(JobClientError) -> Connection? {
      switch state {
      case .ended: return nil
      case .called(let connection): return connection
      case .notCalled:
        let call = Call(
          JobdInterface.Method.list.rawValue, ListParameters(id: id).wire, mode: .more)
        let connection = try await Connection.open(client.address, call)
        state = .called(connection)
        return connection
      }
    }
  }
}

extension JobClient {
  /// All jobs as they change, or one until it has finished.
  public func changes(of id: Int? = nil) -> JobChanges {
    JobChanges(client: self, id: id)
  }
}
