public import Varlink

/// What a call of `io.jobd.List` asks for.
public struct ListParameters: WireObject {
  /// Only this job.
  public var id: Int?
  /// With those that are finished. Defaults to true.
  public var finished: Bool?

  public init(id: Int? = nil, finished: Bool? = nil) {
    self.id = id
    self.finished = finished
  }

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    let reader = Reader(object: object, path: path)
    self.id = try reader.optionalInt("id")
    self.finished = try reader.optionalBool("finished")
  }

  public func write(to members: inout some MemberSink & ~Copyable) {
    members.set("id", id)
    members.set("finished", finished)
  }
}

/// One reply to `io.jobd.List`.
public struct ListReply: WireObject {
  public var jobs: [Job]
  /// With this reply everything has been told that there was when it was asked for.
  public var isComplete: Bool

  public init(jobs: [Job], isComplete: Bool = false) {
    self.jobs = jobs
    self.isComplete = isComplete
  }

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    let reader = Reader(object: object, path: path)
    self.jobs = try reader.required("jobs", reader.optionalObjects("jobs"))
    self.isComplete = try reader.optionalBool("complete") ?? false
  }

  public func write(to members: inout some MemberSink & ~Copyable) {
    members.set("jobs", jobs)
    if isComplete { members.set("complete", true) }
  }
}
