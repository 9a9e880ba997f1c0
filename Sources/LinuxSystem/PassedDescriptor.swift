public import SystemPackage

/// A descriptor that somebody else has opened, with one owner: closed when that goes, on a thread where it may take
/// long.
public struct PassedDescriptor: ~Copyable, Sendable {
  private let entry: Entry

  /// One without an owner.
  struct Entry {
    let raw: FileDescriptor
    let closing: Closing

    /// Takes over the duty to close `raw`.
    init(adopting raw: FileDescriptor) {
      closing = Closing(raw)
      self.raw = closing == .atOnce ? raw : SlowDescriptors.hold(raw, closing)
    }

    func close() {
      if closing == .atOnce { try? raw.close() } else { SlowDescriptors.close(raw, closing) }
    }
  }

  init(_ entry: Entry) {
    self.entry = entry
  }

  deinit {
    entry.close()
  }

  /// Lent for system calls.
  public var raw: FileDescriptor { entry.raw }

  /// To close a copy of it may take long, even while there are others. It doesn't of a pipe, a terminal or a socket: only
  /// the last close of those may.
  public var hasSlowCopies: Bool { entry.closing == .eachWaits }
}
