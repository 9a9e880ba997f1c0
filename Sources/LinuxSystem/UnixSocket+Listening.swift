internal import CLinux
public import SystemPackage

extension UnixSocket {
  /// A socket that listens, nonblocking.
  ///
  /// A path gets `mode`, whatever the umask, before anybody can connect. A file that is there
  /// already stays, and EADDRINUSE is thrown. The file stays too when the socket is closed.
  /// bind(2), listen(2)
  public static func listen(
    on address: UnixSocketAddress, mode: FilePermissions, backlog: Int = 4096
  ) throws(SystemError) -> UnixSocket {
    let answer = unsafe address.withName { name, length in
      unsafe clinux_socket_listen(name, length, mode.rawValue, CInt(clamping: backlog))
    }
    return try UnixSocket(answer, "listen", "\(address)")
  }

  /// The next connection that waits, nonblocking; `nil` where none does.
  ///
  /// Throws EMFILE and ENFILE when there are too many descriptors: the connection stays in the
  /// queue, and the socket readable. accept4(2)
  public borrowing func accept() throws(SystemError) -> UnixSocket? {
    let answer = clinux_socket_accept(number)
    if answer == -Errno.wouldBlock.rawValue { return nil }
    return try UnixSocket(answer, "accept")
  }

  /// Whether this is a listening socket rather than a connected one: a service manager may pass
  /// either. SO_ACCEPTCONN
  public var isListening: Bool {
    get throws(SystemError) {
      try checked(clinux_socket_is_listening(number), "getsockopt SO_ACCEPTCONN") == 1
    }
  }
}
