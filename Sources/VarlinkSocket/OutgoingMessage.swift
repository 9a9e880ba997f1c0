public import LinuxSystem
public import SystemPackage

/// One message on its way out, with the descriptors that go with its first byte.
public struct OutgoingMessage: ~Copyable {
  private let bytes: [UInt8]
  private var descriptors: [FileDescriptor]
  private var sent = 0

  /// A message, its NUL included. The descriptors are lent: they must stay open until
  /// ``write(to:waiting:)`` has returned true, and are still the caller's then.
  public init(_ bytes: [UInt8], descriptors: [FileDescriptor] = []) {
    self.bytes = bytes
    self.descriptors = descriptors
  }

  /// Writes as much as the socket takes, or all of it, `waiting` for room.
  ///
  /// - Returns: Whether that was all.
  /// - Throws: EPIPE or ECONNRESET when the peer is gone.
  public mutating func write(
    to socket: borrowing UnixSocket, waiting: Bool = false
  ) throws(SystemError) -> Bool {
    while sent < bytes.count {
      let count = try socket.send(
        bytes.span.extracting(droppingFirst: sent), descriptors: descriptors, waiting: waiting)
      guard let count else { return false }
      sent += count
      descriptors = []
    }
    return true
  }
}
