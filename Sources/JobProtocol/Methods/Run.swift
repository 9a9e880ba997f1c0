public import Varlink

/// What a call of `io.jobd.Run` asks for.
public struct RunParameters: WireObject {
  public var context: JobContext
  public var standardInput: StandardInput
  /// Index of a descriptor among those of the call; `nil`: captured.
  public var standardOutputFileDescriptor: Int?
  public var standardErrorFileDescriptor: Int?

  /// Where a job reads from.
  public enum StandardInput: Hashable, Sendable {
    /// `/dev/null`
    case null
    case data([UInt8])
    /// Index of a descriptor among those of the call.
    case descriptor(Int)
  }

  public init(
    context: JobContext, standardInput: StandardInput = .null,
    standardOutputFileDescriptor: Int? = nil, standardErrorFileDescriptor: Int? = nil
  ) {
    self.context = context
    self.standardInput = standardInput
    self.standardOutputFileDescriptor = standardOutputFileDescriptor
    self.standardErrorFileDescriptor = standardErrorFileDescriptor
  }

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    let reader = Reader(object: object, path: path)
    self.context = try reader.object("context")
    self.standardInput = try Self.standardInput(reader)
    self.standardOutputFileDescriptor = try reader.optionalInt("standardOutputFileDescriptor")
    self.standardErrorFileDescriptor = try reader.optionalInt("standardErrorFileDescriptor")
    if context.stop?.closeStandardInput == true, standardInput != .null {
      throw BadValue(
        reader.path(of: "context.stop.closeStandardInput"),
        "excludes all other standard input: the job's input is a pipe that is held open to ask with"
      )
    }
  }

  private static func standardInput(_ reader: Reader) throws(BadValue) -> StandardInput {
    let text = try reader.optionalString("standardInput")
    let base64 = try reader.optionalString("standardInputBase64")
    let descriptor = try reader.optionalInt("standardInputFileDescriptor")
    switch (text, base64, descriptor) {
    case (nil, nil, nil): return .null
    case (let text?, nil, nil): return .data(Array(text.utf8))
    case (nil, nil, let index?): return .descriptor(index)
    case (nil, let base64?, nil):
      guard let data = Base64.decode(base64) else {
        throw BadValue(reader.path(of: "standardInputBase64"), "is not base64")
      }
      return .data(data)
    default:
      throw BadValue(
        reader.path(of: "standardInput"),
        "is given twice: one of text, base64 and a descriptor is allowed")
    }
  }

  public func write(to members: inout some MemberSink & ~Copyable) {
    members.set("context", context)
    switch standardInput {
    case .null: break
    case .descriptor(let index): members.set("standardInputFileDescriptor", index)
    case .data(let bytes):
      if let text = String(validating: bytes, as: UTF8.self) {
        members.set("standardInput", text)
      } else {
        members.set("standardInputBase64", Base64.encode(bytes))
      }
    }
    members.set("standardOutputFileDescriptor", standardOutputFileDescriptor)
    members.set("standardErrorFileDescriptor", standardErrorFileDescriptor)
  }
}

/// One reply to `io.jobd.Run`.
public enum RunReply: WireMembers {
  case queued(Job)
  /// The command was executed.
  case started(Job)
  case output(Output)
  case stopping(Job)
  case finished(Job)
}

extension RunReply {
  /// `nil` for a reply of a kind that was added after this was written.
  public init?(_ object: JSONObject) throws(BadValue) {
    let reader = Reader(object: object, path: "")
    if let output: Output = try reader.optionalObject("output") {
      self = .output(output)
    } else if let job: Job = try reader.optionalObject("finished") {
      self = .finished(job)
    } else if let job: Job = try reader.optionalObject("started") {
      self = .started(job)
    } else if let job: Job = try reader.optionalObject("stopping") {
      self = .stopping(job)
    } else if let job: Job = try reader.optionalObject("queued") {
      self = .queued(job)
    } else {
      return nil
    }
  }

  public func write(to members: inout some MemberSink & ~Copyable) {
    switch self {
    case .queued(let job): members.set("queued", job)
    case .started(let job): members.set("started", job)
    case .output(let output): members.set("output", output)
    case .stopping(let job): members.set("stopping", job)
    case .finished(let job): members.set("finished", job)
    }
  }
}
