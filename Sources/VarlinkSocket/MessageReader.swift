public import LinuxSystem
internal import SystemPackage
public import Varlink

/// Takes messages out of a socket one by one, each with its descriptors.
///
/// The kernel glues bytes sent alone to bytes sent after them with descriptors: `A\0` and then `B\0`
/// with one are read as `A\0B\0` with one, as if it were A's. So this looks before it reads, and
/// never reads past the end of a message. That also leaves what follows an `upgrade` call in the
/// socket, and calls that are pipelined in their order.
public struct MessageReader: ~Copyable {
  /// What a look at the socket came to.
  @frozen public enum Event: ~Copyable {
    /// A message, without its NUL.
    case message([UInt8], PassedDescriptors)
    /// Not yet a whole message, or not as far as was to be read. The socket is readable when there is more,
    /// which isn't to be read if the reader ``MessageReader/isBeforeDescriptors``.
    case wouldBlock
    /// The peer writes no more, or is gone. In mid-message, what it began is no message.
    case endOfStream(midMessage: Bool)
    /// What was read is no message: the connection is to be closed.
    case violation(FramingViolation)
  }

  /// The beginning of a message, and the descriptors that came with its first byte.
  private var partial: [UInt8] = []
  private var descriptors = PassedDescriptors()
  private let limit: Int
  /// The last look found descriptors that weren't to be received. They are in the socket.
  public private(set) var isBeforeDescriptors = false

  /// Reads messages of up to `limit` bytes, their NUL included.
  public init(limit: Int = VarlinkLimits.messageBytes) {
    self.limit = limit
  }

  /// Whether a message has begun and isn't whole.
  public var isInMidMessage: Bool { !partial.isEmpty }

  /// Bytes of the message that has begun.
  public var partialBytes: Int { partial.count }

  /// One of the descriptors of the message that has begun has this number or a higher one.
  public func holdsDescriptors(from number: Int) -> Bool { descriptors.reach(number) }

  /// Reads up to the end of the next message and no further.
  ///
  /// - Parameter waiting: Whether to wait for the end of a message, on a nonblocking socket too.
  public mutating func next(
    from socket: borrowing UnixSocket, by buffer: ReceiveBuffer, waiting: Bool = false
  ) throws(SystemError) -> Event {
    var unlimited = Int.max
    return try next(from: socket, by: buffer, waiting: waiting, within: &unlimited)
  }

  /// Reads up to the end of the next message and no further, and so many bytes at most.
  ///
  /// - Parameters:
  ///   - bytes: Lessened by those that were read.
  ///   - takesDescriptors: Whether descriptors are received. A call that was sent before those may have to wait, too.
  public mutating func next(
    from socket: borrowing UnixSocket, by buffer: ReceiveBuffer, waiting: Bool = false,
    within bytes: inout Int, takesDescriptors: @autoclosure () -> Bool = true
  ) throws(SystemError) -> Event {
    do throws(SystemError) {
      while true {
        guard bytes > 0 else { return .wouldBlock }
        if let event = try step(from: socket, by: buffer, waiting, &bytes, takesDescriptors) {
          return event
        }
      }
    } catch {
      // The peer closed without having read all that was written to it.
      guard error.errno == .connectionReset else { throw error }
      return .endOfStream(midMessage: !partial.isEmpty)
    }
  }

  /// One look and one read; `nil` if that was not the end of a message.
  private mutating func step(
    from socket: borrowing UnixSocket, by buffer: ReceiveBuffer, _ waiting: Bool,
    _ bytes: inout Int,
    _ takesDescriptors: () -> Bool
  ) throws(SystemError) -> Event? {
    guard let peeked = try socket.peek(into: &buffer.bytes, waiting: waiting) else {
      return .wouldBlock
    }
    if peeked.count == 0 { return .endOfStream(midMessage: !partial.isEmpty) }
    isBeforeDescriptors = peeked.hasDescriptors && !takesDescriptors()
    if isBeforeDescriptors { return .wouldBlock }
    var count = buffer.bytes[..<peeked.count].firstIndex(of: 0).map { $0 + 1 } ?? peeked.count
    // Which of the bytes the descriptors came with can only be told by reading up to them. Those of
    // a message must come with its first byte, so that is read alone.
    if partial.isEmpty && peeked.hasDescriptors { count = 1 }
    count = min(count, bytes)
    if partial.count + count > limit { return .violation(.messageTooLong) }
    let lowNumbers = peeked.hasDescriptors ? LowNumbers(with: socket.descriptor.raw) : nil
    guard var received = try socket.receive(count, into: &buffer.bytes, waiting: waiting) else {
      return .wouldBlock
    }
    _ = consume lowNumbers
    bytes -= received.count
    if received.count == 0 { return .endOfStream(midMessage: !partial.isEmpty) }
    if received.isTruncated { return .violation(.descriptorsLost) }
    if !received.descriptors.isEmpty {
      guard partial.isEmpty else { return .violation(.descriptorsInMidMessage) }
      swap(&descriptors, &received.descriptors)
    }
    return take(buffer.bytes[..<received.count])
  }

  /// Adds to the message; returns it if that was its end.
  private mutating func take(_ bytes: ArraySlice<UInt8>) -> Event? {
    guard bytes.last == 0 else {
      partial += bytes
      return nil
    }
    var message: [UInt8] = []
    swap(&message, &partial)
    message += bytes[..<(bytes.endIndex - 1)]
    var descriptors = PassedDescriptors()
    swap(&descriptors, &self.descriptors)
    return .message(message, descriptors)
  }
}
