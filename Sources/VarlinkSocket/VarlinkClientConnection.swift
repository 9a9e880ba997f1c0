public import LinuxSystem
public import SystemPackage
public import Varlink

/// A client's connection to a service.
///
/// It is CLOEXEC, so that no process started meanwhile keeps it open, and what hangs on it alive.
public struct VarlinkClientConnection: ~Copyable {
  /// What a look for a reply came to.
  public enum Arrival: Hashable, Sendable {
    case reply(Reply)
    /// None yet. It will be known by the descriptor becoming readable.
    case nothing
    /// The service has closed the connection.
    case endOfStream
  }

  private let socket: UnixSocket
  private var reader = MessageReader()
  private let buffer = ReceiveBuffer()
  /// The calls that replies are due for.
  public private(set) var pending = PendingCalls()

  /// Connects to `unix:/path`, `unix:@abstract` or a path.
  public init(connectingTo address: String) throws(VarlinkClientError) {
    guard let parsed = ServiceAddress(address) else { throw .unsupportedAddress(address) }
    try self.init(connectingTo: parsed)
  }

  /// Connects to where a service listens, waiting for a place in its queue unless told not to.
  public init(
    connectingTo address: ServiceAddress, waiting: Bool = true
  ) throws(VarlinkClientError) {
    do throws(SystemError) {
      socket = try UnixSocket.connect(to: UnixSocketAddress(address), waiting: waiting)
    } catch {
      throw .system(error)
    }
  }

  /// Takes over a connected socket.
  public init(adopting socket: consuming UnixSocket) {
    self.socket = socket
  }

  /// The socket, to be polled; lent as an owned descriptor lends its number.
  public var descriptor: FileDescriptor { socket.descriptor.raw }

  /// Sends a call, waiting for room in the socket. Descriptors are lent, and referred to in the
  /// parameters by their index.
  public mutating func send(
    _ call: Call, descriptors: [FileDescriptor] = []
  ) throws(VarlinkClientError) {
    var call = try OutgoingCall(call, descriptors: descriptors)
    try send(&call, waiting: true)
  }

  /// Sends as much of a call as the socket has room for, or all of it, `waiting` for room. That there is
  /// some will be known by the descriptor becoming writable; until all is sent there is no other call.
  ///
  /// - Returns: Whether that was all.
  @discardableResult
  public mutating func send(
    _ call: inout OutgoingCall, waiting: Bool = false
  ) throws(VarlinkClientError) -> Bool {
    do throws(SystemError) {
      guard try call.message.write(to: socket, waiting: waiting) else { return false }
    } catch {
      throw .system(error)
    }
    pending.sent(call.mode)
    return true
  }

  /// Waits for the next reply; `nil` where the service has closed the connection. Descriptors that
  /// come with it are closed.
  public mutating func receive() throws(VarlinkClientError) -> Reply? {
    switch try next(waiting: true) {
    case .reply(let reply): reply
    case .nothing, .endOfStream: nil
    }
  }

  /// The next reply if it is there. Descriptors that come with it are closed.
  public mutating func receiveIfAvailable() throws(VarlinkClientError) -> Arrival {
    try next(waiting: false)
  }

  /// Tells the service that no more calls come.
  public borrowing func shutdownWrite() throws(VarlinkClientError) {
    do throws(SystemError) { try socket.shutdownWriting() } catch { throw .system(error) }
  }

  private mutating func next(waiting: Bool) throws(VarlinkClientError) -> Arrival {
    let event: MessageReader.Event
    do throws(SystemError) {
      event = try reader.next(from: socket, by: buffer, waiting: waiting)
    } catch {
      throw .system(error)
    }
    switch consume event {
    case .message(let bytes, _): return .reply(try reply(parsing: bytes))
    case .wouldBlock: return .nothing
    case .endOfStream(midMessage: false): return .endOfStream
    case .endOfStream(midMessage: true): throw .brokenOff
    case .violation(let violation): throw .violation(violation)
    }
  }

  private mutating func reply(parsing bytes: [UInt8]) throws(VarlinkClientError) -> Reply {
    do throws(MalformedMessage) {
      let reply = try Reply(parsing: bytes)
      _ = try pending.received(reply)
      return reply
    } catch {
      throw .malformed(error)
    }
  }
}

extension UnixSocketAddress {
  /// The socket that an address names.
  public init(_ address: ServiceAddress) {
    switch address {
    case .path(let path): self = .path(FilePath(path))
    case .abstract(let name): self = .abstract(name)
    }
  }
}
