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
  /// to be asked once.
  static func sockets() throws(SystemError) -> [SharedDescriptor] {
    var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    let count = unsafe sd_listen_fds_with_names(1, &names)
    try checkedEvent(count, "sd_listen_fds_with_names")
    defer { unsafe free(names) }
    var sockets: [SharedDescriptor] = []
    for index in 0..<Int(count) {
      let raw = FileDescriptor(rawValue: firstDescriptor + Int32(index))
      let descriptor = SharedDescriptor(OwnedDescriptor(adopting: raw))
      let name = unsafe name(names?[index])
      if count == 1 || name == "varlink" { sockets.append(descriptor) }
    }
    return sockets
  }

  private static func name(_ name: UnsafeMutablePointer<CChar>?) -> String? {
    guard let name = unsafe name else { return nil }
    defer { unsafe free(name) }
    return unsafe String(cString: name)
  }
}
