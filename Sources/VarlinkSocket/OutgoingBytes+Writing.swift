public import LinuxSystem
public import Varlink

extension OutgoingBytes {
  /// Writes as much as the socket takes, without waiting.
  ///
  /// - Returns: Whether that was all.
  /// - Throws: EPIPE or ECONNRESET when the peer is gone.
  public mutating func write(to socket: borrowing UnixSocket) throws(SystemError) -> Bool {
    while !isEmpty {
      let written = try withFirstChunk { chunk throws(SystemError) in
        try socket.send(chunk)
      }
      guard let written, let written else { return false }
      consumed(written)
    }
    return true
  }
}
