internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// The service manager's end of sd_notify(3).
final class NotifySocket {
  let path: String
  private let socket: OwnedDescriptor
  /// Lines that were heard and not asked for yet.
  private var heard: [String] = []

  init(_ path: String) throws {
    self.path = path
    let raw = Glibc.socket(
      AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard raw >= 0 else { throw Errno(rawValue: errno) }
    socket = OwnedDescriptor(adopting: FileDescriptor(rawValue: raw))

    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    let answer = unsafe withUnsafePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(raw, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard answer == 0 else { throw Errno(rawValue: errno) }
  }

  /// Waits for this line.
  ///
  /// - Returns: All lines before it that weren't asked for yet; `nil` when the sender ended instead.
  func wait(for line: String, from sender: TestProcess) throws -> [String]? {
    while true {
      if let found = heard.firstIndex(of: line) {
        defer { heard.removeSubrange(...found) }
        return Array(heard[..<found])
      }
      guard try waitForEither(sender) else { return nil }
      heard += try receive().split(separator: "\n").map(String.init)
    }
  }

  /// - Returns: A message is there. Otherwise the sender has ended, and there never will be one.
  private func waitForEither(_ sender: TestProcess) throws -> Bool {
    var watched = [
      pollfd(fd: socket.raw.rawValue, events: Int16(POLLIN), revents: 0),
      pollfd(fd: sender.descriptor.rawValue, events: Int16(POLLIN), revents: 0),
    ]
    let answer = unsafe poll(&watched, 2, Int32(HangGuard.seconds * 1000))
    guard answer > 0 else { throw TestFailure("process \(sender.pid) says nothing") }
    return watched[0].revents != 0
  }

  private func receive() throws -> String {
    let message = try unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
      count = try unsafe socket.raw.read(into: UnsafeMutableRawBufferPointer(buffer))
    }
    return String(decoding: message, as: UTF8.self)
  }
}
