internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A TCP socket that it takes a minute to close, or until this goes: its peer reads nothing of what was written to it.
/// socket(7), SO_LINGER
public enum LingeringSocket {
  /// Hands the socket to a client, which sends it with a beginning of a message, and keeps no copy of it.
  public static func sent(
    by client: TestClient, behind bytes: String = "", isUrgent: Bool = false
  ) throws -> LingeringPeer {
    let made = try make()
    if !bytes.isEmpty { try client.send(bytes) }
    if isUrgent {
      try sendUrgently(made.socket.raw, over: try client.descriptor)
    } else {
      try client.send(bytes: [UInt8(ascii: "{")], descriptors: [made.socket.raw])
    }
    return made.peer
  }

  /// Sends a byte as MSG_OOB, and a descriptor with it.
  private static func sendUrgently(
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

  private struct Made: ~Copyable {
    let socket: OwnedDescriptor
    let peer: LingeringPeer
  }

  private static func make() throws -> Made {
    let listener = OwnedDescriptor(adopting: try open())
    let socket = OwnedDescriptor(adopting: try open())
    let (listening, number) = (listener.raw.rawValue, socket.raw.rawValue)
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
    _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
    var patience = linger(l_onoff: 1, l_linger: 60)
    let size = socklen_t(MemoryLayout<linger>.size)
    _ = unsafe setsockopt(number, SOL_SOCKET, SO_LINGER, &patience, size)
    let bytes = [UInt8](repeating: 0, count: 1 << 16)
    while unsafe send(number, bytes, bytes.count, Int32(MSG_DONTWAIT)) > 0 {}
    let peer = OwnedDescriptor(adopting: FileDescriptor(rawValue: accepted))
    return Made(socket: socket, peer: LingeringPeer(peer))
  }

  private static func open() throws -> FileDescriptor {
    let raw = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard raw >= 0 else { throw TestFailure("no TCP socket: \(Errno(rawValue: errno))") }
    return FileDescriptor(rawValue: raw)
  }
}

/// The other end. When it goes, to close the socket takes no longer.
public final class LingeringPeer {
  private let descriptor: OwnedDescriptor

  init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
}
