internal import CLinux
internal import SystemPackage

extension UnixSocket {
  /// Who connected, as the kernel remembers it from that moment. SO_PEERCRED, unix(7)
  public var peer: UnixSocketPeer {
    get throws(SystemError) {
      var peer = UnixSocketPeer(pid: 0, uid: 0, gid: 0)
      let answer = unsafe clinux_socket_peer(number, &peer.pid, &peer.uid, &peer.gid)
      _ = try checked(answer, "getsockopt SO_PEERCRED")
      return peer
    }
  }

  /// The process that connected, by descriptor; `nil` where the kernel can't tell: before Linux 6.5,
  /// and for a process that has been reaped. SO_PEERPIDFD
  public func peerPidfd() throws(SystemError) -> Pidfd? {
    let answer = clinux_socket_peer_pidfd(number)
    switch Errno(rawValue: -answer) {
    // EINVAL was the answer for a reaped process when the option was new; later ESRCH.
    case .protocolNotAvailable, .noSuchProcess, .invalidArgument, .noData: return nil
    default:
      let raw = try LinuxSystem.descriptor(answer, "getsockopt SO_PEERPIDFD")
      return Pidfd(adopting: OwnedDescriptor(adopting: raw))
    }
  }
}
