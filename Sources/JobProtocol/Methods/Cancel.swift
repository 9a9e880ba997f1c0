public import Varlink

/// What a call of `io.jobd.Cancel` asks for.
public struct CancelParameters: WireObject {
  public var id: Int
  /// Instead of the signal of the job's own context.
  public var signal: String?
  /// Instead of the period of the job's own context, from now; 0 kills at once.
  public var gracePeriodUSec: Int?
  public var reason: String?

  public init(
    id: Int, signal: String? = nil, gracePeriodUSec: Int? = nil, reason: String? = nil
  ) {
    self.id = id
    self.signal = signal
    self.gracePeriodUSec = gracePeriodUSec
    self.reason = reason
  }

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    let reader = Reader(object: object, path: path)
    self.id = try reader.int("id")
    self.signal = try reader.optionalString("signal")
    self.gracePeriodUSec = try reader.optionalInt("gracePeriodUSec")
    self.reason = try reader.optionalString("reason")
  }

  public func write(to members: inout some MemberSink & ~Copyable) {
    members.set("id", id)
    members.set("signal", signal)
    members.set("gracePeriodUSec", gracePeriodUSec)
    members.set("reason", reason)
  }
}

/// The reply to `io.jobd.Cancel`.
public struct CancelReply: WireObject {
  /// Finished.
  public var job: Job

  public init(job: Job) {
    self.job = job
  }

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    self.job = try Reader(object: object, path: path).object("job")
  }

  public func write(to members: inout some MemberSink & ~Copyable) {
    members.set("job", job)
  }
}
