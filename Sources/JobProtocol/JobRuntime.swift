public import Varlink

/// What became of a job.
public struct JobRuntime: WireObject {
  public var state: JobState
  /// User that the job belongs to, and runs as.
  public var uid: Int
  /// Process that called `Run`.
  public var clientPid: Int
  /// Path of the control group below the root of the hierarchy.
  public var controlGroup: String?
  /// First process of the job.
  public var mainPid: Int?
  public var queuedTimestamp: Timestamp
  public var startedTimestamp: Timestamp?
  /// Set while the job is stopping and once it finished: why.
  public var cause: Cause?
  public var finishedTimestamp: Timestamp?
  public var result: JobResult?

  public init(state: JobState, uid: Int, clientPid: Int, queuedTimestamp: Timestamp) {
    self.state = state
    self.uid = uid
    self.clientPid = clientPid
    self.queuedTimestamp = queuedTimestamp
  }

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    let reader = Reader(object: object, path: path)
    // A state that was added after this was written reads as running.
    self.state = try reader.optionalEnum("state") ?? .running
    self.uid = try reader.int("uid")
    self.clientPid = try reader.int("clientPid")
    self.controlGroup = try reader.optionalString("controlGroup")
    self.mainPid = try reader.optionalInt("mainPid")
    self.queuedTimestamp = try reader.object("queuedTimestamp")
    self.startedTimestamp = try reader.optionalObject("startedTimestamp")
    self.cause = try reader.optionalEnum("cause")
    self.finishedTimestamp = try reader.optionalObject("finishedTimestamp")
    self.result = try reader.optionalObject("result")
  }

  public func write(to members: inout some MemberSink & ~Copyable) {
    members.set("state", state)
    members.set("uid", uid)
    members.set("clientPid", clientPid)
    members.set("controlGroup", controlGroup)
    members.set("mainPid", mainPid)
    members.set("queuedTimestamp", queuedTimestamp)
    members.set("startedTimestamp", startedTimestamp)
    members.set("cause", cause)
    members.set("finishedTimestamp", finishedTimestamp)
    members.set("result", result)
  }
}
