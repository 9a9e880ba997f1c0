import JobProtocol
import LinuxSystem
import SystemPackage

/// Makes the streams that a job is to have.
struct StreamMaker: ~Copyable {
  private let budget: DescriptorBudget
  /// `/dev/null`, for all streams that come from nowhere or go there.
  private let null: SharedDescriptor
  /// What stays with the daemon.
  private(set) var ends = JobStreamEnds()

  init(_ budget: DescriptorBudget, null: SharedDescriptor) {
    self.budget = budget
    self.null = null
  }

  /// What becomes of the maker's descriptors that no stream takes: they are closed with it.
  consuming func takeEnds() -> JobStreamEnds { ends }

  mutating func make(_ plan: StreamPlan) throws(SystemError) -> JobStreams {
    JobStreams(
      input: try input(plan.input),
      output: try output(plan.output, .standardOutput),
      error: try output(plan.error, .standardError))
  }

  private mutating func input(_ input: StreamPlan.Input) throws(SystemError) -> SharedDescriptor {
    switch input {
    case .passed(let shared): return shared
    case .data(let data): return try share(SealedMemory.make(data, name: "jobd-input"))
    case .null: return null
    case .keepalive:
      return try Pipe().ends { (reader, writer) throws(SystemError) in
        ends.keepalive = try end(writer)
        return SharedDescriptor(try end(reader))
      }
    }
  }

  private mutating func output(
    _ output: StreamPlan.Output, _ stream: OutputStream
  ) throws(SystemError) -> SharedDescriptor {
    switch output {
    case .passed(let shared): return shared
    case .null: return null
    case .captured:
      return try Pipe(nonblocking: .reader).ends { (reader, writer) throws(SystemError) in
        switch stream {
        case .standardOutput: ends.output = try end(reader)
        case .standardError: ends.error = try end(reader)
        }
        return SharedDescriptor(try end(writer))
      }
    }
  }

  private func end(_ descriptor: consuming OwnedDescriptor) throws(SystemError) -> PipeEnd {
    let end = PipeEnd(descriptor)
    try budget.check(end.descriptor.raw)
    return end
  }

  private func share(
    _ descriptor: consuming OwnedDescriptor
  ) throws(SystemError) -> SharedDescriptor {
    try budget.check(descriptor.raw)
    return SharedDescriptor(descriptor)
  }
}
