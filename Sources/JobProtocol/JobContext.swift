public import Varlink

/// What a job is: enough to run the same job again.
public struct JobContext: WireObject {
  /// Command and arguments, never empty.
  public var command: [OSString]
  /// Name for people.
  public var name: String?
  public var workingDirectory: OSString?
  /// All variables, each `NAME=value`; `nil` for the default ones.
  public var environment: [OSString]?
  /// File mode creation mask.
  public var umask: Int?
  /// When the job is over: with its main process, or with the last one of its tree.
  public var wait: Scope?
  public var stop: StopContext?
  /// It describes a job, and command, name or directory were cut: to run it again would be to run
  /// something else.
  public var isTruncated = false

  public init(
    command: [OSString], name: String? = nil, workingDirectory: OSString? = nil,
    environment: [OSString]? = nil, umask: Int? = nil, wait: Scope? = nil,
    stop: StopContext? = nil
  ) {
    self.command = command
    self.name = name
    self.workingDirectory = workingDirectory
    self.environment = environment
    self.umask = umask
    self.wait = wait
    self.stop = stop
  }

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    let reader = Reader(object: object, path: path)
    self.command = try Self.command(reader)
    self.name = try reader.optionalString("name")
    self.workingDirectory = try Self.workingDirectory(reader)
    self.environment = try Environment.read(reader)
    self.umask = try reader.optionalInt("umask")
    self.wait = try reader.optionalEnum("wait")
    self.stop = try reader.optionalObject("stop")
    self.isTruncated = try reader.optionalBool("truncated") ?? false
  }

  public func write(to members: inout some MemberSink & ~Copyable) {
    if command.allSatisfy(\.isText) {
      members.member("command", texts: command)
    } else {
      members.member("commandBase64", .array(command.map(\.base64)))
    }
    members.set("name", name)
    if let workingDirectory, !workingDirectory.isText {
      members.member("workingDirectoryBase64", workingDirectory.base64)
    } else {
      members.set("workingDirectory", workingDirectory?.text)
    }
    if let environment { Environment.write(environment, to: &members) }
    members.set("umask", umask)
    members.set("wait", wait)
    members.set("stop", stop)
    if isTruncated { members.set("truncated", true) }
  }

  private static func command(_ reader: Reader) throws(BadValue) -> [OSString] {
    let text = try reader.optionalArray("command")
    let base64 = try reader.optionalArray("commandBase64")
    let path = reader.path(of: "command")
    guard text == nil || base64 == nil else {
      throw BadValue(path, "is given twice: as text and in base64")
    }
    var command: [OSString] = []
    for argument in text ?? [] { command.append(try OSString(text: argument, at: path)) }
    for argument in base64 ?? [] {
      command.append(try OSString(base64: argument, at: reader.path(of: "commandBase64")))
    }
    guard let first = command.first, !first.bytes.isEmpty else {
      throw BadValue(path, "is missing or empty: it needs at least the name of a program")
    }
    return command
  }

  private static func workingDirectory(_ reader: Reader) throws(BadValue) -> OSString? {
    let path = reader.path(of: "workingDirectory")
    let directory: OSString
    switch (reader.value("workingDirectory"), reader.value("workingDirectoryBase64")) {
    case (nil, nil): return nil
    case (let text?, nil): directory = try OSString(text: text, at: path)
    case (nil, let base64?): directory = try OSString(base64: base64, at: path + "Base64")
    case (_?, _?): throw BadValue(path, "is given twice: as text and in base64")
    }
    guard directory.bytes.first == UInt8(ascii: "/") else {
      throw BadValue(path, "is not absolute: it has to begin with /")
    }
    return directory
  }
}
