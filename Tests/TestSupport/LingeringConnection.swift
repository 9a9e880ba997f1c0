internal import Glibc
public import LinuxSystem
public import SystemPackage

/// A TCP connection of which the end that sends takes an hour to close once it is full, or until the other one is read from, or
/// goes. socket(7), SO_LINGER
public final class LingeringConnection {
  private var sender: OwnedDescriptor?
  public let receiver: OwnedDescriptor

  public init() throws {
    let listener = try Self.socket()
    let sender = try Self.socket()
    let (listening, number) = (listener.raw.rawValue, sender.raw.rawValue)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isConnected = unsafe withUnsafeMutablePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe bind(listening, address, length) == 0 && listen(listening, 1) == 0
          && getsockname(listening, address, &length) == 0
          && connect(number, address, length) == 0
      }
    }
    let accepted = isConnected ? accept(listening, nil, nil) : -1
    guard accepted >= 0 else { throw TestFailure("no TCP socket: \(Errno(rawValue: errno))") }
    receiver = OwnedDescriptor(adopting: FileDescriptor(rawValue: accepted))
    _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
    var patience = linger(l_onoff: 1, l_linger: 3_600)
    let size = socklen_t(MemoryLayout<linger>.size)
    guard unsafe setsockopt(number, SOL_SOCKET, SO_LINGER, &patience, size) == 0 else {
      throw TestFailure("a TCP socket doesn't linger: \(Errno(rawValue: errno))")
    }
    self.sender = consume sender
  }

  private static func socket() throws -> OwnedDescriptor {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let raw = Glibc.socket(AF_INET, kind, 0)
    guard raw >= 0 else { throw TestFailure("no TCP socket: \(Errno(rawValue: errno))") }
    return OwnedDescriptor(adopting: FileDescriptor(rawValue: raw))
  }

  /// The end that sends, once.
  public func takeSender() throws -> OwnedDescriptor {
    guard let sender = sender.take() else { throw TestFailure("it was taken") }
    return sender
  }

  /// Sends as much as there is room for.
  ///
  /// - Returns: How many bytes that was.
  @discardableResult
  public static func fill(_ socket: FileDescriptor) -> Int {
    let bytes = [UInt8](repeating: 0, count: 1 << 16)
    var sent = 0
    while true {
      let count = unsafe send(socket.rawValue, bytes, bytes.count, Int32(MSG_DONTWAIT))
      if count < 0 { return sent }
      sent += count
    }
  }
}

extension TestClient {
  /// Sends a descriptor that it takes long to close, with the beginning of a message, and keeps no copy of it.
  ///
  /// - Returns: What it is connected to: when that goes, to close it takes no longer.
  public func sendLingering(
    behind bytes: String = "", isUrgent: Bool = false
  ) throws -> LingeringConnection {
    let connection = try LingeringConnection()
    let sender = try connection.takeSender()
    LingeringConnection.fill(sender.raw)
    if !bytes.isEmpty { try send(bytes) }
    if isUrgent {
      try sendUrgently(sender.raw, over: try descriptor)
    } else {
      try send(bytes: [UInt8(ascii: "{")], descriptors: [sender.raw])
    }
    return connection
  }
}

/// Sends a byte as MSG_OOB, and a descriptor with it.
private func sendUrgently(
  _ descriptor: FileDescriptor, over socket: FileDescriptor
) throws {
  struct Control {
    var header = cmsghdr()
    var descriptor: CInt = 0
    var padding: CInt = 0
  }
  var control = Control()
  control.header.cmsg_len = MemoryLayout<Control>.size - MemoryLayout<CInt>.size
  control.header.cmsg_level = SOL_SOCKET
  control.header.cmsg_type = Int32(SCM_RIGHTS)
  control.descriptor = descriptor.rawValue
  var byte = UInt8(ascii: "{")
  let sent = unsafe withUnsafeMutablePointer(to: &byte) { byte in
    unsafe withUnsafeMutablePointer(to: &control) { control in
      var part = unsafe iovec(iov_base: byte, iov_len: 1)
      return unsafe withUnsafeMutablePointer(to: &part) { part in
        var message = unsafe msghdr()
        unsafe message.msg_iov = part
        unsafe message.msg_iovlen = 1
        unsafe message.msg_control = UnsafeMutableRawPointer(control)
        unsafe message.msg_controllen = MemoryLayout<Control>.size
        return unsafe sendmsg(socket.rawValue, &message, Int32(MSG_OOB))
      }
    }
  }
  guard sent == 1 else { throw TestFailure("nothing urgent was sent: \(Errno(rawValue: errno))") }
}
