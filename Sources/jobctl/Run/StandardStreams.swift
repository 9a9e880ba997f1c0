internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// jobctl's own standard input, output and error, which the job gets.
enum StandardStreams {
  /// Opens `/dev/null` for those that are closed: otherwise the next thing to be opened would become
  /// one, and what is meant for it would go into the connection to jobd.
  ///
  /// Must come before anything else is opened.
  ///
  /// - Parameter usable: What is written there is lost, as for a job. Otherwise it is opened for the
  ///   other direction: to use it is an error, as it would be without (EBADF).
  static func openMissing(usable: Bool) throws(SystemError) {
    for stream in [FileDescriptor.standardInput, .standardOutput, .standardError]
    where isClosed(stream) {
      let isRead = (stream == .standardInput) == usable
      let null = try OwnedDescriptor.open(path: "/dev/null", isRead ? .readOnly : .writeOnly)
      // A new descriptor gets the lowest free number: this one, as those below it are open by now.
      _ = null.release()
    }
  }

  /// Whether the number stands for nothing. fcntl(2)
  static func isClosed(_ stream: FileDescriptor) -> Bool {
    fcntl(stream.rawValue, F_GETFD) < 0
  }

  /// Whether something can be written to what is open; `nil` where nothing is. fcntl(2)
  static func isWritable(_ stream: FileDescriptor) -> Bool? {
    let flags = fcntl(stream.rawValue, F_GETFL)
    return flags < 0 ? nil : flags & O_ACCMODE != O_RDONLY
  }

  /// Puts `/dev/null` in the place of a stream that the job has a copy of by now. Of two jobs in a
  /// pipeline the first must get SIGPIPE when the second ends, and the second an end of input when
  /// the first does; neither happens while jobctl holds a copy of the pipe's end.
  static func letGo(of stream: FileDescriptor) throws(SystemError) {
    let null = try OwnedDescriptor.open(
      path: "/dev/null", stream == .standardInput ? .readOnly : .writeOnly)
    _ = try systemCall("dup2") { try null.raw.duplicate(as: stream) }
  }
}
