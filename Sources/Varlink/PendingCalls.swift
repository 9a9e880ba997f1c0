/// The client's side of a connection, without its input and output: which calls wait for replies.
///
/// Replies carry no numbers; they come in the order of the calls.
public struct PendingCalls: Hashable, Sendable {
  private var modes: [Call.Mode] = []

  public init() {}

  /// Whether a reply is due.
  public var isEmpty: Bool { modes.isEmpty }

  /// A call was sent.
  public mutating func sent(_ mode: Call.Mode) {
    if mode != .oneway { modes.append(mode) }
  }

  /// A reply was received; whether it was the last to its call.
  ///
  /// - Throws: ``MalformedMessage`` where it answers nothing, or continues unasked.
  public mutating func received(_ reply: Reply) throws(MalformedMessage) -> Bool {
    guard let mode = modes.first else { throw .unexpectedReply }
    if reply.continues {
      guard mode == .more else { throw .unexpectedContinuation }
      return false
    }
    modes.removeFirst()
    return true
  }
}
