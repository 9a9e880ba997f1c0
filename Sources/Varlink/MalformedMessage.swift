/// A message that breaks the protocol itself: the connection is closed and nothing is answered.
///
/// UAPI.20 wants it so, because after such a message nobody can know what the peer meant. The
/// description is for the log.
public enum MalformedMessage: Error, Hashable, Sendable {
  /// Not a JSON document, or beyond the bounds.
  case json(JSONSyntaxError)
  /// A document that is not an object.
  case notAnObject
  /// A call without `method`, as a string.
  case noMethod
  /// A header member that is there with a value of the wrong type.
  case wrongType(member: String)
  /// A header member that the protocol doesn't know, without the dot of an extension.
  case unknownMember(String)
  /// More than one of `oneway`, `more` and `upgrade`.
  case contradictoryFlags
  /// An error reply with `continues`.
  case continuingError
  /// A reply with `continues` to a call without `more`.
  case unexpectedContinuation
  /// A reply, and no call waits for one.
  case unexpectedReply
}

extension MalformedMessage: CustomStringConvertible {
  public var description: String {
    switch self {
    case .json(let error): "malformed message: \(error)"
    case .notAnObject: "malformed message: not an object"
    case .noMethod: "malformed message: no method"
    case .wrongType(let member): "malformed message: '\(member)' is of the wrong type"
    case .unknownMember(let name): "malformed message: unknown member '\(name)'"
    case .contradictoryFlags: "malformed message: more than one of oneway, more and upgrade"
    case .continuingError: "malformed message: an error that continues"
    case .unexpectedContinuation: "a reply that continues, to a call without 'more'"
    case .unexpectedReply: "a reply that no call waits for"
    }
  }
}
