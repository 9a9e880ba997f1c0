internal import CLinux
internal import Glibc
internal import SystemPackage

/// A Unix stream socket, connected or listening. Always CLOEXEC.
public struct UnixSocket: ~Copyable, Sendable {
  public let descriptor: OwnedDescriptor

  /// Takes over a socket that came from elsewhere, from socket activation for one.
  public init(adopting descriptor: consuming OwnedDescriptor) {
    self.descriptor = descriptor
  }

  init(_ answer: CInt, _ operation: String, _ subject: String? = nil) throws(SystemError) {
    let raw = try LinuxSystem.descriptor(answer, operation, subject)
    self.descriptor = OwnedDescriptor(adopting: raw)
  }

  var number: CInt { descriptor.raw.rawValue }

  /// Connects to whoever listens there, waiting for a place in its queue unless told not to.
  ///
  /// The socket is a blocking one if it was waited for. Throws ENOENT where there is no socket, ECONNREFUSED where it is
  /// a stale one, EAGAIN where there is no place and none is waited for. connect(2)
  public static func connect(
    to address: UnixSocketAddress, waiting: Bool = true
  ) throws(SystemError) -> UnixSocket {
    let answer = unsafe address.withName { unsafe clinux_socket_connect($0, $1, waiting) }
    return try UnixSocket(answer, "connect", "\(address)")
  }

  /// Two sockets connected to each other, blocking ones. socketpair(2)
  public static func pair() throws(SystemError) -> UnixSocketPair {
    var ends: [CInt] = [-1, -1]
    _ = try checked(unsafe clinux_socket_pair(&ends), "socketpair")
    return UnixSocketPair(
      first: try UnixSocket(ends[0], "socketpair"), second: try UnixSocket(ends[1], "socketpair"))
  }

  /// Tells the peer that nothing more will be written to it. shutdown(2)
  public borrowing func shutdownWriting() throws(SystemError) {
    guard shutdown(number, Int32(SHUT_WR)) == 0 else {
      throw SystemError("shutdown", errno: Errno(rawValue: errno))
    }
  }

  /// Ends the connection, also while another process has a copy of the descriptor. What was written can still
  /// be read. shutdown(2)
  public borrowing func end() {
    // Where it has ended already there is nothing to do.
    _ = shutdown(number, Int32(SHUT_RDWR))
  }
}

/// Two sockets connected to each other.
@frozen public struct UnixSocketPair: ~Copyable, Sendable {
  public var first: UnixSocket
  public var second: UnixSocket
}
