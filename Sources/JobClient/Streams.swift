public import SystemPackage

/// What a job reads.
public enum Input: Sendable, Hashable {
  /// `/dev/null`
  case none
  case bytes([UInt8])
  /// An open file, lent until the call has returned. The job reads it itself.
  case fileDescriptor(FileDescriptor)
}

/// Where a job writes to.
public enum OutputDestination: Sendable, Hashable {
  /// To the client, as ``RunReply/output(_:)``. A client that doesn't read on makes the job wait.
  case captured
  /// `/dev/null`
  case discarded
  /// An open file, lent until the call has returned. The job writes to it itself.
  case fileDescriptor(FileDescriptor)
}
