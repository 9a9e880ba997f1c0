import CSystemd
import Glibc
import LinuxSystem
import SystemPackage

/// Sockets that a service manager passes.
///
/// sd_listen_fds_with_names(3); UAPI.20, "Socket activation"
enum Activation {
  /// The first descriptor that is passed. SD_LISTEN_FDS_START
  private static let firstDescriptor: Int32 = 3

  /// The sockets that are meant for Varlink: the only one, or those named "varlink". Takes them over;
  /// to be asked once. What else was passed is closed.
  static func sockets() throws -> [SharedDescriptor] {
    var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    let count = unsafe sd_listen_fds_with_names(1, &names)
    try checkedEvent(count, "sd_listen_fds_with_names")
    defer { unsafe free(names) }
    var sockets: [SharedDescriptor] = []
    for index in 0..<Int(count) {
      let raw = FileDescriptor(rawValue: firstDescriptor + Int32(index))
      let descriptor = SharedDescriptor(OwnedDescriptor(adopting: raw))
      let name = unsafe name(names?[index])
      guard count == 1 || name == "varlink" else { continue }
      guard isUnixStream(raw) else {
        throw DaemonError(
          "descriptor \(raw.rawValue), which the service manager passed, is no Unix stream socket: "
            + "ListenStream= with a path makes one")
      }
      sockets.append(descriptor)
    }
    return sockets
  }

  /// sd_is_socket_unix(3). Listening or connected, see ``UnixSocket/isListening``.
  private static func isUnixStream(_ socket: FileDescriptor) -> Bool {
    sd_is_socket_unix(socket.rawValue, Int32(SOCK_STREAM.rawValue), -1, nil, 0) > 0
  }

  private static func name(_ name: UnsafeMutablePointer<CChar>?) -> String? {
    guard let name = unsafe name else { return nil }
    defer { unsafe free(name) }
    return unsafe String(cString: name)
  }
}
