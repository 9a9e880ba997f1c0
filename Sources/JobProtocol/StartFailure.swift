public import Varlink

/// The step at which a command failed to start.
public enum StartStep: String, WireEnum {
  case controlGroup = "control_group"
  case process
  /// Session, streams, limits, priorities: before the command was touched.
  case preparation
  case workingDirectory = "working_directory"
  case executable
  /// The executable exists; the interpreter that its first line names does not.
  case interpreter
}

/// Why a command could not be started.
public struct StartFailure: WireObject {
  public var step: StartStep
  /// What the step was done on.
  public var path: String?
  public var errno: Int
  public var errnoName: String
  /// All of this in a sentence.
  public var message: String
  /// Path or message was too long, and is cut.
  public var isTruncated = false

  public init(step: StartStep, path: String? = nil, errno: Int, errnoName: String, message: String)
  {
    self.step = step
    self.path = path
    self.errno = errno
    self.errnoName = errnoName
    self.message = message
  }

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    let reader = Reader(object: object, path: path)
    self.step = try reader.required("step", reader.optionalEnum("step"))
    self.path = try reader.optionalString("path")
    self.errno = try reader.int("errno")
    self.errnoName = try reader.string("errnoName")
    self.message = try reader.string("message")
    self.isTruncated = try reader.optionalBool("truncated") ?? false
  }

  public func write(to members: inout some MemberSink & ~Copyable) {
    members.set("step", step)
    members.set("path", path)
    members.set("errno", errno)
    members.set("errnoName", errnoName)
    members.set("message", message)
    if isTruncated { members.set("truncated", true) }
  }
}
