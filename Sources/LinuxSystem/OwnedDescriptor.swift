public import SystemPackage

/// A file descriptor with one owner: closed when the owner goes, unless it was released to another.
public struct OwnedDescriptor: ~Copyable, Sendable {
  /// The descriptor, lent for system calls. It must not be closed, nor kept longer than its owner.
  public let raw: FileDescriptor

  /// Takes over the duty to close `raw`.
  public init(adopting raw: FileDescriptor) {
    self.raw = raw
  }

  deinit {
    // close(2): on Linux the descriptor is gone whatever it answers; there is nothing to retry.
    try? raw.close()
  }

  /// Hands the duty to close it to the caller.
  public consuming func release() -> FileDescriptor {
    let raw = self.raw
    discard self
    return raw
  }
}
