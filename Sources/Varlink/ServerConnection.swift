/// The service's end of one connection, without its input and output: which call is being
/// processed, what may be answered, what is still to be written.
///
/// Calls are processed one at a time and answered in order. From a call until its last reply the
/// connection doesn't read, so that whatever the client has pipelined stays in the socket and keeps
/// its place there. Each event is a method; afterwards the caller looks at ``isReading``,
/// ``outgoing`` and ``isFinished`` to know what to wait for.
public struct ServerConnection: ~Copyable, Sendable {
  /// Where a connection is.
  public enum Phase: Hashable, Sendable {
    /// Between calls.
    case idle
    /// A call has been handed to the application, which owes its last reply; with `oneway` too, or
    /// the next call would meet it half done.
    case calling(Call.Mode)
    /// The last reply promised another protocol, which begins when ``ServerConnection/outgoing`` is
    /// empty. No byte of it has been read.
    case upgraded
    /// Nothing more is taken from the client; what was answered is still written.
    case closing
    /// The client is gone.
    case disconnected
  }

  public private(set) var phase = Phase.idle
  /// What waits to be written to the client.
  public var outgoing = OutgoingBytes()

  public init() {}

  /// Whether the next message should be read. Not while a call is processed, and not while the
  /// client leaves its answers unread.
  public var isReading: Bool {
    phase == .idle && outgoing.count < VarlinkLimits.waitingReplyBytes
  }

  /// Whether the connection can be closed: nothing is expected, nothing to be written.
  public var isFinished: Bool {
    switch phase {
    case .idle, .calling, .upgraded: false
    case .closing: outgoing.isEmpty
    case .disconnected: true
    }
  }

  /// Whether ``progress(_:)`` would be sent.
  public var takesProgress: Bool { phase == .calling(.more) }
}

// MARK: - Events from the client

extension ServerConnection {
  /// What a message asks for.
  public enum MessageAction: Hashable, Sendable {
    /// Nothing, or no more than writing what is outgoing: the call has been answered.
    case answered
    /// Carry this out, then ``ServerConnection/finish(_:)`` or ``ServerConnection/fail(_:)``.
    case invoke(Service.Invocation)
    /// Nothing, and nothing ever after: close when ``ServerConnection/isFinished``. For the log.
    case refused(MalformedMessage)
  }

  /// A whole message was read, given without its NUL, while ``isReading``.
  public mutating func received(_ message: [UInt8], for service: Service) -> MessageAction {
    precondition(phase == .idle, "a message was read while the connection was busy")
    let call: Call
    do throws(MalformedMessage) {
      call = try Call(parsing: message)
    } catch {
      phase = .closing
      return .refused(error)
    }
    switch service.route(call) {
    case .reply(let reply):
      if call.mode != .oneway { outgoing.append(reply.encoded()) }
      return .answered
    case .invoke(let invocation):
      phase = .calling(call.mode)
      return .invoke(invocation)
    }
  }

  /// No more calls come: the client has ended its side, or has broken the framing of messages.
  public mutating func stoppedReading() {
    if phase == .idle { phase = .closing }
  }

  /// The client can't be reached any more, or is to be dropped. Replies still due are discarded; the
  /// call that was being processed, if there was one, is returned to be aborted.
  public mutating func disconnected() -> Call.Mode? {
    defer {
      phase = .disconnected
      outgoing.removeAll()
    }
    if case .calling(let mode) = phase { return mode }
    return nil
  }
}

// MARK: - Replies from the application

extension ServerConnection {
  /// A reply that others follow. Only a call with `more` hears it: any other gets just its last.
  public mutating func progress(_ parameters: JSONObject) {
    if takesProgress { outgoing.append(Reply(parameters, continues: true).encoded()) }
  }

  /// A reply that others follow, encoded beforehand, by ``Reply/encoded(_:parameters:)`` as a rule.
  public mutating func progress(encoded reply: consuming [UInt8]) {
    if takesProgress { outgoing.append(reply) }
  }

  /// The last reply.
  public mutating func finish(_ parameters: JSONObject = [:]) {
    finish(Reply(parameters).encoded(), then: .idle)
  }

  /// The last reply, encoded beforehand.
  public mutating func finish(encoded reply: consuming [UInt8]) {
    finish(reply, then: .idle)
  }

  /// An error, as the last reply.
  public mutating func fail(_ error: VarlinkError) {
    finish(Reply(error).encoded(), then: .idle)
  }

  /// The last reply to a call with `upgrade`; the connection is the application's afterwards.
  public mutating func upgrade(_ parameters: JSONObject = [:]) {
    precondition(
      phase == .calling(.upgrade) || phase == .disconnected, "the client asked for no upgrade")
    finish(Reply(parameters).encoded(), then: .upgraded)
  }

  private mutating func finish(_ reply: consuming [UInt8], then next: Phase) {
    switch phase {
    case .calling(.oneway): phase = .idle
    case .calling:
      outgoing.append(reply)
      phase = next
    case .disconnected: break
    case .idle, .upgraded, .closing: preconditionFailure("a reply without a call")
    }
  }
}
