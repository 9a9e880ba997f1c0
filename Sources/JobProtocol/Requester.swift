public import Varlink

/// Who asked for a job to end, and why.
public struct Requester: WireObject {
  public var uid: Int
  /// Process at the other end of the connection when it was made.
  public var pid: Int
  public var reason: String?
  /// The reason was too long, and is cut.
  public var isTruncated = false

  public init(uid: Int, pid: Int, reason: String? = nil) {
    self.uid = uid
    self.pid = pid
    self.reason = reason
  }

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    let reader = Reader(object: object, path: path)
    self.uid = try reader.int("uid")
    self.pid = try reader.int("pid")
    self.reason = try reader.optionalString("reason")
    self.isTruncated = try reader.optionalBool("truncated") ?? false
  }

  public func write(to members: inout some MemberSink & ~Copyable) {
    members.set("uid", uid)
    members.set("pid", pid)
    members.set("reason", reason)
    if isTruncated { members.set("truncated", true) }
  }
}
