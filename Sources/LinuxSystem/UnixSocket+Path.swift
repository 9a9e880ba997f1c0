internal import CLinux
public import SystemPackage

extension UnixSocket {
  /// The path that a socket is bound to; `nil` where it has none, or one that isn't UTF-8. getsockname(2)
  public static func path(of socket: FileDescriptor) throws(SystemError) -> String? {
    let room = 256
    var bytes = [UInt8](repeating: 0, count: room)
    let answer = unsafe bytes.withUnsafeMutableBytes {
      let path = unsafe $0.baseAddress!.assumingMemoryBound(to: CChar.self)
      return unsafe clinux_socket_path(socket.rawValue, path, room)
    }
    let length = Int(try checked(answer, "getsockname"))
    return length == 0 ? nil : String(validating: bytes[..<length], as: UTF8.self)
  }
}
