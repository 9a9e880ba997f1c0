/// Bytes or descriptors that can't be a message's. The connection is closed, nothing is answered.
public enum FramingViolation: Error, Hashable, Sendable {
  /// No end within the limit.
  case messageTooLong
  /// Descriptors that did not come with the first byte of a message.
  case descriptorsInMidMessage
  /// More descriptors came than this process could be given.
  case descriptorsLost
}

extension FramingViolation: CustomStringConvertible {
  public var description: String {
    switch self {
    case .messageTooLong: "message too long"
    case .descriptorsInMidMessage: "descriptors in the middle of a message"
    case .descriptorsLost: "too many descriptors to be received"
    }
  }
}
