import LinuxSystem
import SystemPackage

/// A job's standard streams as the daemon holds them while the job is being started; from then on only
/// the job does.
final class JobStreams {
  let input: SharedDescriptor
  let output: SharedDescriptor
  let error: SharedDescriptor

  init(input: SharedDescriptor, output: SharedDescriptor, error: SharedDescriptor) {
    self.input = input
    self.output = output
    self.error = error
  }

  /// To close a copy of these may take long.
  var slow: [FileDescriptor] {
    if input.copiesCloseAtOnce && output.copiesCloseAtOnce && error.copiesCloseAtOnce { return [] }
    return [input, output, error].filter { !$0.copiesCloseAtOnce }.map(\.raw)
  }
}

/// The other ends of a job's streams, which stay with the daemon.
struct JobStreamEnds: ~Copyable {
  /// Held open, and closed to ask the job to end.
  var keepalive: PipeEnd?
  var output: PipeEnd?
  var error: PipeEnd?
}

/// A descriptor with several owners: closed with the last of them.
final class SharedDescriptor {
  private enum Holding: ~Copyable {
    case own(OwnedDescriptor)
    case pipe(PipeEnd)
    case passed(PassedDescriptor)
  }

  let raw: FileDescriptor
  private let holding: Holding
  /// Nobody has to be waited for to close a copy of it, while this one is open.
  let copiesCloseAtOnce: Bool

  /// One of ours that no job can hold up.
  init(_ descriptor: consuming OwnedDescriptor) {
    raw = descriptor.raw
    copiesCloseAtOnce = true
    holding = .own(descriptor)
  }

  /// One of ours that the job may reopen and lock.
  init(_ end: consuming PipeEnd) {
    raw = end.descriptor.raw
    copiesCloseAtOnce = true
    holding = .pipe(end)
  }

  /// A client's.
  init(_ descriptor: consuming PassedDescriptor) {
    raw = descriptor.raw
    copiesCloseAtOnce = !descriptor.hasSlowCopies
    holding = .passed(descriptor)
  }

  /// Another descriptor of the same open file, for another owner.
  func duplicate() throws(SystemError) -> OwnedDescriptor { try OwnedDescriptor.duplicate(of: raw) }
}
