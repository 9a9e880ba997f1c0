import JobProtocol
import LinuxSystem
import SystemPackage
import Varlink

/// What a job's standard streams are to be: decided when it is asked for, and made when it is started, as a
/// job that waits may do so for hours among thousands. What came with the call is held from then on.
struct StreamPlan {
  enum Input {
    case passed(SharedDescriptor)
    case data([UInt8])
    /// Nothing to be read.
    case null
    /// A pipe that is closed to ask the job to end.
    case keepalive
  }

  enum Output {
    case passed(SharedDescriptor)
    /// The client hears it.
    case captured
    /// Nobody does.
    case null
  }

  let input: Input
  let output: Output
  let error: Output

  /// - Parameter captures: The client hears output; otherwise what isn't redirected is thrown away.
  /// - Throws: `InvalidParameter` for a descriptor that didn't come with the call; what the service can't hold.
  init(
    _ call: RunParameters, _ passed: consuming PassedDescriptors, captures: Bool,
    _ budget: DescriptorBudget
  ) throws(VarlinkError) {
    var taker = Taker(passed: passed, budget: budget)
    switch call.standardInput {
    case .descriptor(let index):
      input = .passed(try taker.take(index, for: "standardInputFileDescriptor"))
    case .data(let data): input = .data(data)
    case .null: input = call.context.stop?.closeStandardInput == true ? .keepalive : .null
    }
    let otherwise: Output = captures ? .captured : .null
    output = try taker.output(
      call.standardOutputFileDescriptor, "standardOutputFileDescriptor", otherwise)
    error = try taker.output(
      call.standardErrorFileDescriptor, "standardErrorFileDescriptor", otherwise)
  }

  /// Takes what came with a call. What nobody takes is closed with it.
  private struct Taker: ~Copyable {
    var passed: PassedDescriptors
    let budget: DescriptorBudget
    /// Two streams may be given the same.
    var taken: [Int: SharedDescriptor] = [:]

    init(passed: consuming PassedDescriptors, budget: DescriptorBudget) {
      self.passed = passed
      self.budget = budget
    }

    mutating func output(
      _ index: Int?, _ field: String, _ otherwise: Output
    ) throws(VarlinkError) -> Output {
      guard let index else { return otherwise }
      return .passed(try take(index, for: field))
    }

    mutating func take(_ index: Int, for field: String) throws(VarlinkError) -> SharedDescriptor {
      if let shared = taken[index] { return shared }
      guard let descriptor = passed.take(index) else { throw .invalidParameter(field) }
      do throws(SystemError) {
        try budget.check(descriptor.raw)
      } catch {
        throw VarlinkError(error)
      }
      let shared = SharedDescriptor(descriptor)
      taken[index] = shared
      return shared
    }
  }
}

extension VarlinkError {
  /// The service's own trouble: out of descriptors, out of memory.
  init(_ error: SystemError) {
    self = .system(error.errno.name, number: error.errno.rawValue)
  }
}
