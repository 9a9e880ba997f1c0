internal import JobProtocol
internal import LinuxSystem
internal import SystemPackage
internal import Varlink

/// `jobctl run` from its call to the end of its job.
///
/// It waits for four things: replies on the lifeline, signals, the end of its standard input if that
/// is to keep the job alive, and the answer to a request that the job ends; for the first of them not for
/// ever once it has asked jobd to end the job.
struct RunSession: ~Copyable {
  private let socket: JobdSocket
  private var reporter: RunReporter
  /// A signal of the job's own stands in for those that jobctl gets.
  private let hasOwnSignal: Bool
  private var lifeline: ServiceConnection
  private let signals: SignalDescriptor
  private let keepsAlive: Bool
  /// `nil` if it keeps nothing alive, or no longer.
  private var input: InputWatch?
  private var inputHasEnded = false
  private var interruption = Interruption()
  /// The job's id, known from its first reply on.
  private var job: Int?
  /// What is to be asked once the id is known.
  private var wish: CancelParameters?
  private var request: CancelRequest?
  /// As far as can be told from here the job is being ended: jobd says so, or the lifeline has ended.
  private var isStopping = false
  /// By when jobd has to say so, in microseconds of the monotonic clock; `nil` where it wasn't asked, or has.
  private var deadline: Int?

  /// Connects. From here on signals are read, and no longer end jobctl: what waits for anything else has to
  /// look at them, too.
  init(
    to socket: JobdSocket, keepsAlive: Bool, hasOwnSignal: Bool, reporter: RunReporter
  ) throws {
    // Connecting waits for a place in the queue of a jobd that may hang: still to be interrupted.
    let lifeline = try ServiceConnection(to: socket)
    let signals = try SignalDescriptor(Interruption.signals)
    self.socket = socket
    self.reporter = reporter
    self.hasOwnSignal = hasOwnSignal
    self.keepsAlive = keepsAlive
    self.lifeline = lifeline
    self.signals = signals
  }

  /// Runs the job, and says how it goes.
  mutating func run(_ request: RunRequest) throws -> RunEnd {
    var end: RunEnd
    do {
      end = try send(request) ?? wait()
    } catch {
      let failure = error as? Failure ?? Failure("\(error)")
      reporter.failed(failure)
      end = .exit(failure.exitCode)
    }
    let patience = end.isHasty ? Self.lastWordPatience : nil
    if let signal = try reporter.finish(orUntil: signals, patience: patience) {
      end = .exit(ExitStatus.signaled(signal))
    }
    return end
  }

  /// Microseconds for the last words of a jobctl that leaves.
  private static let lastWordPatience = 1_000_000

  /// - Returns: What comes before jobd has the whole call: there is no job then.
  private mutating func send(_ request: RunRequest) throws -> RunEnd? {
    if keepsAlive { input = try InputWatch() }
    var call = try ServiceConnection.outgoing(request.call, descriptors: request.descriptors)
    while try !lifeline.sendIfRoom(&call) {
      if let signal = try waitForRoom() { return .signaled(signal) }
    }
    try StandardStreams.letGo(of: .standardOutput)
    if !keepsAlive { try StandardStreams.letGo(of: .standardInput) }
    return nil
  }

  /// A jobd that hangs reads no call, and a long one has no room in the socket.
  ///
  /// - Returns: The signal that came before there was room.
  private borrowing func waitForRoom() throws -> Signal? {
    var poll = Poll()
    poll.add(lifeline.descriptor, .output)
    poll.add(signals.raw)
    if let input { poll.add(input.ended) }
    try poll.wait()
    if let input, poll.isReady(input.ended) {
      throw Failure("standard input ended before jobd had taken the call")
    }
    return try signals.next()
  }

  /// Waits for the job to finish.
  private mutating func wait() throws -> RunEnd {
    while true {
      guard let ready = try poll() else {
        if let end = giveUp() { return end }
        continue
      }
      // Replies first: a job that has finished needs no signal any more.
      if ready.isReady(lifeline.descriptor), let end = try readReplies() { return end }
      if ready.isReady(signals.raw), let end = try readSignals() { return end }
      if let input, ready.isReady(input.ended) { inputEnded() }
      readAnswer(ready)
    }
  }

  /// `nil` when the deadline has passed.
  private borrowing func poll() throws(SystemError) -> Poll? {
    var poll = Poll()
    poll.add(lifeline.descriptor)
    poll.add(signals.raw)
    if let input { poll.add(input.ended) }
    if let descriptor = request?.descriptor { poll.add(descriptor) }
    return try poll.wait(until: deadline) ? poll : nil
  }
}

// MARK: Replies

extension RunSession {
  private mutating func readReplies() throws(Failure) -> RunEnd? {
    while let reply = try receiveIfAvailable() {
      let parameters = try ServiceConnection.parameters(of: reply)
      let known = try Self.runReply(parameters)
      reporter.replied(parameters, known)
      switch known {
      case .queued(let job): begin(job.id)
      case .finished(let job): return end(job.runtime.result)
      case .stopping: stops()
      case .started, .output, nil: break
      }
      if !reply.continues { throw Failure("jobd didn't say how the job ended") }
    }
    return nil
  }

  private mutating func receiveIfAvailable() throws(Failure) -> Reply? {
    do {
      return try lifeline.receiveIfAvailable()
    } catch  where error == ServiceConnection.closed && job != nil {
      throw Failure("jobd went away before the job had finished; the job is ended")
    }
  }

  private static func runReply(_ parameters: JSONObject) throws(Failure) -> RunReply? {
    do {
      return try RunReply(parameters)
    } catch {
      throw Failure("jobd can't be understood: \(error)")
    }
  }

  private mutating func begin(_ id: Int) {
    job = id
    guard let wish else { return }
    // It answers: what it took for that doesn't count.
    deadline = nil
    cancel(wish)
  }

  private func end(_ result: JobResult?) -> RunEnd {
    guard let result else { return .exit(ExitStatus.failure) }
    if interruption.first == .interrupt, result.exitSignal == Signal.interrupt.name {
      return .signaled(.interrupt)
    }
    return .exit(ExitStatus.of(result, passedOn: passedOn))
  }

  /// What the job was asked to end by: the end of the lifeline asks with SIGTERM.
  private var passedOn: Signal? { interruption.first ?? (inputHasEnded ? .terminate : nil) }
}

// MARK: Ending the job

extension RunSession {
  private mutating func readSignals() throws(SystemError) -> RunEnd? {
    while let signal = try signals.next() {
      switch interruption.received(signal) {
      case .nothing: break
      case .cancel(let signal):
        cancel(
          CancelParameters(
            id: 0, signal: hasOwnSignal ? nil : signal.name, reason: "jobctl got \(signal)"))
        reporter.interrupted(by: signal, job: job)
      case .kill(let signal):
        cancel(
          CancelParameters(
            id: 0, gracePeriodUSec: 0, reason: "jobctl got \(signal) again"))
      case .leave(let signal):
        reporter.left(job)
        return .left(signal)
      }
    }
    return nil
  }

  private mutating func cancel(_ parameters: CancelParameters) {
    if deadline == nil, job == nil || !isStopping {
      deadline = SystemClock.monotonicUSec() + Self.patience
    }
    if job == nil { wish = parameters } else { ask(parameters) }
  }

  /// Microseconds that jobd may take to say that it ends the job. It may hang, or have no descriptor left
  /// for the connection on which it is asked: that waits in its queue, and nobody can tell.
  private static let patience = 5_000_000

  private mutating func stops() {
    isStopping = true
    // Without a job it is by then that there has to be one.
    if job != nil { deadline = nil }
  }

  /// jobd had time enough to answer.
  private mutating func giveUp() -> RunEnd? {
    guard job == nil else {
      endLifeline(because: Failure("jobd doesn't answer"))
      return nil
    }
    // Should it read the call yet, it finds the lifeline at its end.
    reporter.note("jobd doesn't answer, and has begun no job; not waiting any longer")
    return .exit(ExitStatus.signaled(passedOn ?? .terminate))
  }

  private mutating func ask(_ parameters: CancelParameters) {
    guard let job else { return }
    wish = nil
    var parameters = parameters
    parameters.id = job
    reporter.asked(parameters.reason)
    do throws(Failure) {
      // The answer to an earlier request is of no more interest.
      request = try CancelRequest(parameters, to: socket, waiting: false)
    } catch {
      endLifeline(because: error)
    }
  }

  private mutating func readAnswer(_ ready: Poll) {
    guard let descriptor = request?.descriptor, ready.isReady(descriptor) else { return }
    do throws(Failure) {
      if try request?.answer() != nil { request = nil }
    } catch {
      request = nil
      endLifeline(because: error)
    }
  }

  /// The way to cancel that needs nothing but the connection there is. What the signal was is lost.
  private mutating func endLifeline(because failure: Failure) {
    reporter.note("\(failure.message); ending the lifeline instead")
    // If this fails, too, then the connection is gone, which the next look at it will show.
    try? lifeline.shutdownWrite()
    stops()
  }

  /// Standard input is the lifeline: its end ends the job.
  private mutating func inputEnded() {
    input = nil
    inputHasEnded = true
    try? lifeline.shutdownWrite()
    stops()
    if job == nil, deadline == nil { deadline = SystemClock.monotonicUSec() + Self.patience }
  }
}
