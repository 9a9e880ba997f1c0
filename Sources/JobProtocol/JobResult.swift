public import Varlink

/// How a job ended. Said once, when all of its processes are gone.
public struct JobResult: WireObject {
  public var cause: Cause
  /// How the main process ended, if it was started: this or ``exitSignal``.
  public var exitStatus: Int?
  /// Name of the signal, `SIGSEGV`.
  public var exitSignal: String?
  public var coreDumped: Bool?
  public var startFailure: StartFailure?
  public var requestedBy: Requester?
  /// Processes didn't end when asked, and were killed.
  public var killed: Bool
  public var survivors: [Survivor]?
  public var usage: Usage?
  /// What held the processes together until then; `nil` from a service that doesn't say.
  public var containment: Containment?

  public init(cause: Cause) {
    self.cause = cause
    self.killed = false
  }

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    let reader = Reader(object: object, path: path)
    self.exitStatus = try reader.optionalInt("exitStatus")
    self.exitSignal = try reader.optionalString("exitSignal")
    // A cause that was added after this was written reads as a failure.
    let cause: Cause? = try reader.optionalEnum("cause")
    self.cause = cause ?? (exitStatus == nil ? .signaled : .exited)
    self.coreDumped = try reader.optionalBool("coreDumped")
    self.startFailure = try reader.optionalObject("startFailure")
    self.requestedBy = try reader.optionalObject("requestedBy")
    self.killed = try reader.bool("killed")
    self.survivors = try reader.optionalObjects("survivors")
    self.usage = try reader.optionalObject("usage")
    self.containment = try reader.optionalEnum("containment")
  }

  public func write(to members: inout some MemberSink & ~Copyable) {
    members.set("cause", cause)
    members.set("exitStatus", exitStatus)
    members.set("exitSignal", exitSignal)
    members.set("coreDumped", coreDumped)
    members.set("startFailure", startFailure)
    members.set("requestedBy", requestedBy)
    members.set("killed", killed)
    members.set("survivors", survivors)
    members.set("usage", usage)
    members.set("containment", containment)
  }
}
