internal import JobProtocol
internal import LinuxSystem
internal import SystemPackage
internal import Varlink

/// The call that runs a job, and the descriptors that go with it.
struct JobRequest: ~Copyable {
  let call: Call
  /// Those of the configuration, lent, and that of ``null``.
  let descriptors: [FileDescriptor]
  /// `/dev/null`, where something is to be discarded.
  private let null: OwnedDescriptor?

  init(_ configuration: JobConfiguration) throws(JobClientError) {
    var null: OwnedDescriptor?
    var passed = PassedStreams()
    if [configuration.standardOutput, configuration.standardError].contains(.discarded) {
      let opened = try Self.openNull()
      passed.null = opened.raw
      null = consume opened
    }
    var parameters = RunParameters(context: try JobContext(configuration))
    parameters.standardInput = passed.add(configuration.standardInput)
    parameters.standardOutputFileDescriptor = passed.add(configuration.standardOutput)
    parameters.standardErrorFileDescriptor = passed.add(configuration.standardError)
    self.call = Call(JobdInterface.Method.run.rawValue, parameters.wire, mode: .more)
    self.descriptors = passed.descriptors
    self.null = null
  }

  private static func openNull() throws(JobClientError) -> OwnedDescriptor {
    do throws(SystemError) {
      return try OwnedDescriptor.open(path: "/dev/null", .writeOnly)
    } catch {
      throw .system(error)
    }
  }
}

/// Descriptors in the order in which they are passed; the index of each is what the call says.
private struct PassedStreams {
  /// `/dev/null`, if something is discarded.
  var null: FileDescriptor?
  private(set) var descriptors: [FileDescriptor] = []

  mutating func add(_ input: Input) -> RunParameters.StandardInput {
    switch input {
    case .none: .null
    case .bytes(let bytes): .data(bytes)
    case .fileDescriptor(let descriptor): .descriptor(add(descriptor))
    }
  }

  mutating func add(_ destination: OutputDestination) -> Int? {
    switch destination {
    case .captured: nil
    case .discarded: null.map { add($0) }
    case .fileDescriptor(let descriptor): add(descriptor)
    }
  }

  private mutating func add(_ descriptor: FileDescriptor) -> Int {
    descriptors.append(descriptor)
    return descriptors.count - 1
  }
}

extension JobContext {
  fileprivate init(_ configuration: JobConfiguration) throws(JobClientError) {
    self.init(command: [])
    for word in [configuration.executable.word] + configuration.arguments.bytes {
      command.append(try Self.text(word, "context.command"))
    }
    name = configuration.name
    workingDirectory = try Self.directory(configuration.workingDirectory)
    if let entries = try configuration.environment?.entries() {
      environment = []
      for entry in entries { environment?.append(try Self.text(entry, "context.environment")) }
    }
    umask = configuration.fileModeMask
    wait = configuration.wait
    stop = configuration.teardown.context
  }

  private static func directory(_ path: FilePath?) throws(JobClientError) -> OSString {
    let field = "context.workingDirectory"
    if let path, path.isAbsolute { return try text(path.bytes, field) }
    let current: [UInt8]
    do throws(SystemError) {
      current = try ProcessContext.workingDirectory()
    } catch {
      throw .system(error)
    }
    return try text(path.map { current + Array("/".utf8) + $0.bytes } ?? current, field)
  }

  private static func text(_ bytes: [UInt8], _ field: String) throws(JobClientError) -> OSString {
    guard let string = OSString(bytes: bytes) else {
      // In the words of the service, which is not asked as nothing could carry the question.
      throw .refused(.badValue(BadValue(field, "has a NUL byte in it")))
    }
    return string
  }
}
