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
}

/// The other ends of a job's streams, which stay with the daemon.
struct JobStreamEnds: ~Copyable {
  /// Held open, and closed to ask the job to end.
  var keepalive: OwnedDescriptor?
  var output: OwnedDescriptor?
  var error: OwnedDescriptor?
}

/// A descriptor with several owners: closed with the last of them.
final class SharedDescriptor {
  let descriptor: OwnedDescriptor

  init(_ descriptor: consuming OwnedDescriptor) {
    self.descriptor = descriptor
  }

  var raw: FileDescriptor { descriptor.raw }

  /// Another descriptor of the same open file, for another owner. fcntl(2), F_DUPFD_CLOEXEC
  func duplicate() throws(SystemError) -> OwnedDescriptor {
    try descriptor.duplicate()
  }
}
