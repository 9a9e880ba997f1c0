internal import CLinux

/// A socket that clients send to.
///
/// What lies in its queue is closed with it, and that is what others have opened: so it is done on a thread, unless there
/// is nothing. A socket that listens has the queues of all connections that wait to be taken.
public struct ServerSocket: ~Copyable, Sendable {
  public let socket: UnixSocket
  /// The end of the stream was read: nothing can lie in the queue, nor come.
  public var isReadToEnd = false

  public init(_ socket: consuming UnixSocket) {
    // What is sent as urgent (MSG_OOB) would otherwise be skipped by who reads, and what was passed with it closed
    // while he does. Kernels that don't know it have nothing urgent.
    _ = clinux_socket_read_urgent_in_line(socket.number)
    self.socket = socket
  }

  // A connection is ended, as a process that is just being started has a copy of the descriptor, for as long as that takes.
  deinit {
    if isReadToEnd { return socket.end() }
    if !socket.endsEmpty { SlowDescriptors.take(over: socket.descriptor.release()) }
  }
}

extension UnixSocket {
  /// Nothing lies in the queue of this connection, which is ended, so that nothing can come.
  fileprivate var endsEmpty: Bool {
    // The socket may be somebody else's, too, who goes on listening.
    guard (try? isListening) == false else { return false }
    end()
    return (try? descriptor.unreadBytes()) == 0
  }
}
