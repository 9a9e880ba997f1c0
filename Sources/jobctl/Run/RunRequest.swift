internal import JobProtocol
internal import LinuxSystem
internal import SystemPackage
internal import Varlink

/// The call that runs a job, and the descriptors that go with it.
struct RunRequest {
  let call: Call
  /// Lent, in the order in which the call refers to them.
  let descriptors: [FileDescriptor]

  init(_ context: JobContext, standardInput: StandardInputMode) {
    var descriptors: [FileDescriptor] = [.standardOutput, .standardError]
    var parameters = RunParameters(
      context: context, standardOutputFileDescriptor: 0, standardErrorFileDescriptor: 1)
    if standardInput == .inherit {
      parameters.standardInput = .descriptor(descriptors.count)
      descriptors.append(.standardInput)
    }
    self.call = Call(JobdInterface.Method.run.rawValue, parameters.wire, mode: .more)
    self.descriptors = descriptors
  }
}

extension JobContext {
  /// What the options say, and jobctl's own for what they don't.
  init(_ options: RunOptions) throws(Failure) {
    self.init(command: options.command)
    if let name = options.job.name {
      guard let text = name.text else { throw Failure("--name: '\(name)' is not UTF-8") }
      self.name = text
    }
    self.workingDirectory = try Self.directory(options.job.directory)
    self.environment = options.environment.variables(
      from: ProcessContext.environment.compactMap(OSString.init(bytes:)))
    self.umask = options.job.umask?.bits ?? Int(ProcessContext.fileModeMask)
    self.wait = options.job.wait.scope
    self.stop = StopContext(
      signal: options.stop.signal?.wire, scope: options.stop.stopScope.scope,
      closeStandardInput: options.job.stdin == .close ? true : nil,
      gracePeriodUSec: options.stop.grace?.microseconds)
  }

  /// The absolute path of a directory. It isn't looked at: jobd, and nobody before it, opens it.
  private static func directory(_ given: OSString?) throws(Failure) -> OSString {
    let slash = UInt8(ascii: "/")
    if let given, given.bytes.first == slash { return given }
    let current: [UInt8]
    do {
      current = try ProcessContext.workingDirectory()
    } catch {
      throw Failure("the current directory can't be told (\(error)); give an absolute one by --cwd")
    }
    let path = given.map { current + [slash] + $0.bytes } ?? current
    guard let directory = OSString(bytes: path) else { throw Failure("a NUL byte in a path") }
    return directory
  }
}
