public import JobProtocol
internal import Varlink

/// A `Run` under way, read reply by reply. Every order that the interface promises is checked with each:
/// queued, started, output, finished; the last one once, last, and when no process is left.
public final class TestJob {
  public let client: TestClient
  public let witness: TreeWitness?
  public private(set) var replies: [RunReply] = []
  public private(set) var output: [UInt8] = []
  public private(set) var errorOutput: [UInt8] = []
  /// How the captured output came.
  public private(set) var pieces: [Output] = []

  public init(_ client: TestClient, witness: TreeWitness? = nil) {
    self.client = client
    self.witness = witness
  }

  public var text: String { String(decoding: output, as: UTF8.self) }

  // MARK: waiting

  /// Reads one reply.
  @discardableResult
  public func next() throws -> RunReply {
    let reply = try client.next()
    if let error = reply.error { throw TestFailure("Run was answered by \(error)") }
    guard let event = try RunReply(reply.parameters) else {
      throw TestFailure("Run was answered by nothing known: \(reply.parameters)")
    }
    try check(event, continues: reply.continues)
    replies.append(event)
    if case .output(let output) = event { try take(output) }
    return event
  }

  /// Reads until the job is told as queued.
  @discardableResult
  public func queued() throws -> Job {
    try until { if case .queued(let job) = $0 { job } else { nil } }
  }

  /// Reads until the job is told as started.
  @discardableResult
  public func started() throws -> Job {
    try until { if case .started(let job) = $0 { job } else { nil } }
  }

  /// Reads until the job is told to be on its way down.
  @discardableResult
  public func stopping() throws -> Job {
    try until { if case .stopping(let job) = $0 { job } else { nil } }
  }

  /// Reads until standard output has had this text.
  @discardableResult
  public func says(_ expected: String) throws -> String {
    while !text.contains(expected) {
      if case .finished(let job) = try next() {
        throw TestFailure(
          "the job ended without saying \"\(expected)\": \(job.runtime.result?.wire as Any), \"\(text)\""
        )
      }
    }
    return text
  }

  /// Reads the first line of standard output.
  public func line() throws -> String {
    try says("\n")
    return String(text.prefix { $0 != "\n" })
  }

  /// Reads to the end.
  @discardableResult
  public func finished() throws -> Job {
    let job = try until { if case .finished(let job) = $0 { job } else { nil } }
    // The end of the connection may be there, if this client has ended its side.
    if try !client.isQuiet(), let reply = try client.nextOrEnd() {
      throw TestFailure("something is said after the final reply: \(reply)")
    }
    return job
  }

  /// Reads to the end.
  @discardableResult
  public func result() throws -> JobResult {
    guard let result = try finished().runtime.result else {
      throw TestFailure("a finished job has no result")
    }
    return result
  }

  private func until<T>(_ found: (RunReply) -> T?) throws -> T {
    for reply in replies { if let value = found(reply) { return value } }
    while true {
      let reply = try next()
      if let value = found(reply) { return value }
      if case .finished(let job) = reply {
        throw TestFailure("the job ended instead: \(job.runtime.result?.wire as Any), \"\(text)\"")
      }
    }
  }

  // MARK: checking

  private var wasStarted: Bool {
    replies.contains { if case .started = $0 { true } else { false } }
  }

  private func check(_ reply: RunReply, continues: Bool) throws {
    let isFirst = replies.isEmpty
    switch reply {
    case .queued where !isFirst: throw TestFailure("queued is not the first reply")
    case .queued: break
    case _ where isFirst: throw TestFailure("the first reply is not queued: \(reply)")
    case .started where wasStarted: throw TestFailure("started is told twice")
    case .output where !wasStarted: throw TestFailure("output is told before started")
    case .finished(let job): try checkEnd(job)
    case .started, .output, .stopping: break
    }
    if case .finished = reply, !continues { return }
    guard continues else { throw TestFailure("the final reply is not finished: \(reply)") }
    if case .finished = reply { throw TestFailure("finished is not the final reply") }
  }

  private func checkEnd(_ job: Job) throws {
    guard job.runtime.state == .finished, let result = job.runtime.result else {
      throw TestFailure("told as finished, and is not: \(job.wire)")
    }
    guard let witness, result.cause != .stuck else { return }
    // Of a job that never was there is no process, and the daemon itself lets go of its streams.
    guard wasStarted else { return try witness.waitUntilGone() }
    guard try witness.isGone else {
      throw TestFailure("told as finished, and a process of the job lives")
    }
  }

  private func take(_ piece: Output) throws {
    pieces.append(piece)
    switch piece.stream {
    case .standardOutput: output += piece.bytes
    case .standardError: errorOutput += piece.bytes
    }
  }
}
