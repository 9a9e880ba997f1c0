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

  public init(jobs: [Job]) {
    self.jobs = jobs
  }

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    let reader = Reader(object: object, path: path)
    self.jobs = try reader.required("jobs", reader.optionalObjects("jobs"))
  }

  public var wire: JSONObject {
    var object = JSONObject()
    object.set("jobs", jobs)
    return object
  }
}
