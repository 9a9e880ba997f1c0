public import JobProtocol
internal import Varlink

/// Jobs as they change: first all that there are, then those that changed, whenever some do. Whoever
/// is slow gets the newest state of a job, not each one; who is slower than jobs finish, by 1,024 of them or 4 MiB,
/// is ``JobClientError/disconnected``.
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
      let told: (jobs: [Job], continues: Bool)
      switch state {
      case .ended: return nil
      case .called(let connection): told = try await connection.list()
      case .notCalled:
        let call = Call(
          JobdInterface.Method.list.rawValue, ListParameters(id: id).wire, mode: .more)
        let connection = try await Connection.open(client.address, call)
        state = .called(connection)
        told = try await connection.completeList()
      }
      if !told.continues { state = .ended }
      return told.jobs
    }
  }
}

extension Connection {
  /// The jobs of the next reply to `List`, and whether another one follows.
  fileprivate func list() async throws(JobClientError) -> (jobs: [Job], continues: Bool) {
    let reply = try await listReply()
    return (reply.list.jobs, reply.continues)
  }

  /// All jobs that there were when `List` was called, in as many replies as that takes.
  func completeList() async throws(JobClientError) -> (jobs: [Job], continues: Bool) {
    var jobs: [Job] = []
    while true {
      let reply = try await listReply()
      jobs += reply.list.jobs
      if reply.list.isComplete || !reply.continues { return (jobs, reply.continues) }
    }
  }

  private func listReply() async throws(JobClientError) -> (list: ListReply, continues: Bool) {
    let reply = try await self.reply()
    do throws(BadValue) {
      return (try ListReply(reply.parameters), reply.continues)
    } catch {
      throw .notUnderstood("\(error)")
    }
  }
}

extension JobClient {
  /// All jobs as they change, or one until it has finished.
  public func changes(of id: Int? = nil) -> JobChanges {
    JobChanges(client: self, id: id)
  }
}
