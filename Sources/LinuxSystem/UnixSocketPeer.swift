/// Who is at the other end of a connection.
public struct UnixSocketPeer: Hashable, Sendable {
  /// Its process. Only a hint: the pid may be another's by now, and is 0 where it is of another pid
  /// namespace.
  public var pid: Int32
  /// Its effective user.
  public var uid: UInt32
  /// Its effective group.
  public var gid: UInt32

  public init(pid: Int32, uid: UInt32, gid: UInt32) {
    self.pid = pid
    self.uid = uid
    self.gid = gid
  }
}
