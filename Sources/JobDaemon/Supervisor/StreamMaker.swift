import JobProtocol
import LinuxSystem
import SystemPackage
import Varlink

/// Makes the streams that a call of `Run` asks for.
struct StreamMaker: ~Copyable {
  private var passed: PassedDescriptors
  /// The call's descriptors in use: two streams may be given the same.
  private var taken: [Int: SharedDescriptor] = [:]
  /// The client hears output; otherwise what isn't redirected is thrown away.
  private let captures: Bool
  /// For all streams that come from nowhere or go there.
  private var null: SharedDescriptor?
  /// What stays with the daemon.
  private(set) var ends = JobStreamEnds()

  init(_ passed: consuming PassedDescriptors, captures: Bool) {
    self.passed = passed
    self.captures = captures
  }

  /// What becomes of the maker's descriptors that no stream takes: they are closed with it.
  consuming func takeEnds() -> JobStreamEnds { ends }

  /// - Throws: `InvalidParameter` for a descriptor that didn't come with the call.
  mutating func make(for call: RunParameters) throws(VarlinkError) -> JobStreams {
    JobStreams(
      input: try input(call),
      output: try output(call.standardOutputFileDescriptor, .standardOutput),
      error: try output(call.standardErrorFileDescriptor, .standardError))
  }

  private mutating func input(_ call: RunParameters) throws(VarlinkError) -> SharedDescriptor {
    switch call.standardInput {
    case .descriptor(let index):
      return try take(index, for: "standardInputFileDescriptor")
    case .data(let data):
      return try made { () throws(SystemError) in
        try SealedMemory.make(data, name: "jobd-input")
      }
    case .null where call.context.stop?.closeStandardInput != true:
      return try takeNull()
    case .null:
      let pipe = try made { () throws(SystemError) in try Pipe() }
      return pipe.ends { reader, writer in
        ends.keepalive = consume writer
        return SharedDescriptor(reader)
      }
    }
  }

  private mutating func output(
    _ index: Int?, _ stream: OutputStream
  ) throws(VarlinkError) -> SharedDescriptor {
    if let index {
      let isError = stream == .standardError
      return try take(
        index, for: isError ? "standardErrorFileDescriptor" : "standardOutputFileDescriptor")
    }
    guard captures else { return try takeNull() }
    let pipe = try made { () throws(SystemError) in try Pipe(nonblocking: .reader) }
    return pipe.ends { reader, writer in
      switch stream {
      case .standardOutput: ends.output = consume reader
      case .standardError: ends.error = consume reader
      }
      return SharedDescriptor(writer)
    }
  }

  private mutating func take(
    _ index: Int, for field: String
  ) throws(VarlinkError) -> SharedDescriptor {
    if let shared = taken[index] { return shared }
    guard let descriptor = passed.take(index) else { throw .invalidParameter(field) }
    let shared = SharedDescriptor(descriptor)
    taken[index] = shared
    return shared
  }

  private mutating func takeNull() throws(VarlinkError) -> SharedDescriptor {
    if let null { return null }
    let opened = try made { () throws(SystemError) in
      try OwnedDescriptor.open("/dev/null", .readWrite)
    }
    null = opened
    return opened
  }

  private func made(
    _ body: () throws(SystemError) -> OwnedDescriptor
  ) throws(VarlinkError) -> SharedDescriptor {
    do {
      return SharedDescriptor(try body())
    } catch {
      throw VarlinkError(error)
    }
  }

  private func made(_ body: () throws(SystemError) -> Pipe) throws(VarlinkError) -> Pipe {
    do {
      return try body()
    } catch {
      throw VarlinkError(error)
    }
  }
}

extension VarlinkError {
  /// The service's own trouble: out of descriptors, out of memory.
  init(_ error: SystemError) {
    self = .system(error.errno.name, number: error.errno.rawValue)
  }
}
