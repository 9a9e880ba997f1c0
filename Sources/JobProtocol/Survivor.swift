public import Varlink

/// A process that survived SIGKILL.
public struct Survivor: WireObject {
  public var pid: Int
  public var command: String
  /// As in `/proc/PID/stat`: `D` is uninterruptible sleep. proc(5)
  public var state: String
  /// Function of the kernel in which it sleeps.
  public var waitChannel: String?

  public init(pid: Int, command: String, state: String, waitChannel: String? = nil) {
    self.pid = pid
    self.command = command
    self.state = state
    self.waitChannel = waitChannel
  }

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    let reader = Reader(object: object, path: path)
    self.pid = try reader.int("pid")
    self.command = try reader.string("command")
    self.state = try reader.string("state")
    self.waitChannel = try reader.optionalString("waitChannel")
  }

  public func write(to members: inout some MemberSink & ~Copyable) {
    members.set("pid", pid)
    members.set("command", command)
    members.set("state", state)
    members.set("waitChannel", waitChannel)
  }
}
