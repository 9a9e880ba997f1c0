internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// This process's table of descriptors, for children that have nothing of it but its beginning, up to what is here, and
/// what they fetch.
///
/// pidfd_getfd(2)
final class OwnFiles: Sendable {
  private let process: Pidfd

  /// `nil` where children may not do that.
  init?() {
    guard let process = try? Pidfd.open(getpid()),
      clinux_can_fetch_descriptors(process.descriptor.raw.rawValue)
    else { return nil }
    self.process = process
  }

  /// Lent.
  var pidfd: CInt { process.descriptor.raw.rawValue }
}
