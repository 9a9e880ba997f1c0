public import Varlink

/// A job as it is described to those who ask.
public struct Job: WireObject {
  /// Unique while the service runs, never used twice.
  public var id: Int
  /// Without the environment.
  public var context: JobContext
  public var runtime: JobRuntime

  public init(id: Int, context: JobContext, runtime: JobRuntime) {
    self.id = id
    self.context = context
    self.runtime = runtime
  }

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    let reader = Reader(object: object, path: path)
    self.id = try reader.int("id")
    self.context = try reader.object("context")
    self.runtime = try reader.object("runtime")
  }

  public func write(to members: inout some MemberSink & ~Copyable) {
    members.set("id", id)
    members.set("context", context)
    members.set("runtime", runtime)
  }
}
