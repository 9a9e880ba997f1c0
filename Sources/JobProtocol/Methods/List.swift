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

  public var wire: JSONObject {
    var object = JSONObject()
    object.set("id", id)
    object.set("finished", finished)
    return object
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

  public var wire: JSONObject {
    var object = JSONObject()
    object.set("jobs", jobs)
    if isComplete { object.set("complete", true) }
    return object
  }
}
