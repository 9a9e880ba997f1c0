public import Varlink

/// The reply to `io.jobd.Describe`: the service itself.
public struct ServiceDescription: WireObject {
  public var version: String
  public var pid: Int
  /// Below which all jobs live; `nil` where jobs live without one.
  public var controlGroup: String?
  public var queued: Int
  /// Jobs started and not finished.
  public var running: Int
  /// Control groups of finished jobs that are still to be removed.
  public var removing: Int
  /// Those of them in which processes are stuck.
  public var stuck: Int
  public var runningMax: Int
  public var queuedMax: Int

  public init(
    version: String, pid: Int, controlGroup: String?, queued: Int, running: Int, removing: Int,
    stuck: Int, runningMax: Int, queuedMax: Int
  ) {
    self.version = version
    self.pid = pid
    self.controlGroup = controlGroup
    self.queued = queued
    self.running = running
    self.removing = removing
    self.stuck = stuck
    self.runningMax = runningMax
    self.queuedMax = queuedMax
  }

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    let reader = Reader(object: object, path: path)
    self.version = try reader.string("version")
    self.pid = try reader.int("pid")
    self.controlGroup = try reader.optionalString("controlGroup")
    self.queued = try reader.int("queued")
    self.running = try reader.int("running")
    self.removing = try reader.int("removing")
    self.stuck = try reader.int("stuck")
    self.runningMax = try reader.int("runningMax")
    self.queuedMax = try reader.int("queuedMax")
  }

  public func write(to members: inout some MemberSink & ~Copyable) {
    members.set("version", version)
    members.set("pid", pid)
    members.set("controlGroup", controlGroup)
    members.set("queued", queued)
    members.set("running", running)
    members.set("removing", removing)
    members.set("stuck", stuck)
    members.set("runningMax", runningMax)
    members.set("queuedMax", queuedMax)
  }
}
