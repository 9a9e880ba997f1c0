public import LinuxSystem
public import Varlink

/// Why a client can't go on with its connection.
public enum VarlinkClientError: Error, Hashable, Sendable {
  /// An address that is not one of a Unix socket.
  case unsupportedAddress(String)
  /// A call that no service takes. Nothing of it was sent.
  case tooLong(bytes: Int, limit: Int)
  /// A call that no service takes, of too many values. Nothing of it was sent.
  case tooManyValues(count: Int, limit: Int)
  /// The system said no: nobody listens there, or the service is gone.
  case system(SystemError)
  /// The service closed the connection in the middle of a message.
  case brokenOff
  /// The service sent what is no message.
  case violation(FramingViolation)
  /// The service sent what is no reply, or none that is due.
  case malformed(MalformedMessage)
}

extension VarlinkClientError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unsupportedAddress(let address): "'\(address)' is not the address of a Unix socket"
    case .tooLong(let bytes, let limit): "a call of \(bytes) bytes; \(limit) is the most"
    case .tooManyValues(let count, let limit): "a call of \(count) values; \(limit) is the most"
    case .system(let error): "\(error)"
    case .brokenOff: "the connection was closed in the middle of a message"
    case .violation(let violation): "\(violation)"
    case .malformed(let error): "\(error)"
    }
  }
}
