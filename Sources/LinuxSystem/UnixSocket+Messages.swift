internal import CLinux
public import SystemPackage

/// Bytes, and the descriptors that travel with them. Each call waits only if told to, whatever the
/// socket's own mode.
extension UnixSocket {
  /// What can be read, without having been read.
  public struct Peeked: Hashable, Sendable {
    /// Bytes; 0 at the end of the stream.
    public let count: Int
    /// Whether descriptors travel with one of these bytes.
    public let hasDescriptors: Bool
  }

  /// What has been read.
  public struct Received: ~Copyable, Sendable {
    /// Bytes; 0 at the end of the stream.
    public let count: Int
    public var descriptors: PassedDescriptors
    /// Whether descriptors were lost, as this process may have no more of them.
    public let isTruncated: Bool
  }

  /// Writes bytes, and `descriptors` with the first of them.
  ///
  /// - Returns: How many bytes, which may be fewer than there are; `nil` where there is no room.
  /// - Throws: EPIPE or ECONNRESET when the peer is gone, and no SIGPIPE. sendmsg(2)
  public borrowing func send(
    _ bytes: Span<UInt8>, descriptors: [FileDescriptor] = [], waiting: Bool = false
  ) throws(SystemError) -> Int? {
    let numbers = descriptors.map(\.rawValue)
    let answer = unsafe bytes.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return 0 }
      return unsafe clinux_socket_send(
        number, start, bytes.count, numbers, numbers.count, waiting)
    }
    return try transferred(answer, "send")
  }

  /// Copies what can be read into `buffer`, whose size is its count, and leaves it unread.
  ///
  /// - Returns: `nil` where nothing can be read now. recvmsg(2), MSG_PEEK
  public borrowing func peek(
    into buffer: inout [UInt8], waiting: Bool = false
  ) throws(SystemError) -> Peeked? {
    var hasDescriptors = false
    let answer = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return 0 }
      return unsafe clinux_socket_peek(number, start, buffer.count, waiting, &hasDescriptors)
    }
    guard let count = try transferred(answer, "peek") else { return nil }
    return Peeked(count: count, hasDescriptors: hasDescriptors)
  }

  /// Reads up to `count` bytes into `buffer`, which must have room for them, with the descriptors
  /// that travel with them.
  ///
  /// - Returns: `nil` where nothing can be read now. recvmsg(2)
  public borrowing func receive(
    _ count: Int, into buffer: inout [UInt8], waiting: Bool = false
  ) throws(SystemError) -> Received? {
    precondition(count <= buffer.count, "no room for what is to be received")
    var numbers = InlineArray<253, CInt>(repeating: -1)
    var passed = 0
    var truncated = false
    var room = numbers.mutableSpan
    let answer = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
      unsafe room.withUnsafeMutableBufferPointer { room in
        guard let start = buffer.baseAddress, let numbers = room.baseAddress else { return 0 }
        return unsafe clinux_socket_receive(
          number, start, count, waiting, numbers, &passed, &truncated)
      }
    }
    guard let count = try transferred(answer, "receive") else { return nil }
    let descriptors = (0..<passed).map { FileDescriptor(rawValue: numbers[$0]) }
    return Received(
      count: count, descriptors: PassedDescriptors(adopting: descriptors), isTruncated: truncated)
  }

  /// A count of bytes; `nil` instead of EAGAIN.
  private func transferred(_ answer: Int, _ operation: String) throws(SystemError) -> Int? {
    if answer == -Int(Errno.wouldBlock.rawValue) { return nil }
    return try checked(answer, operation)
  }
}
