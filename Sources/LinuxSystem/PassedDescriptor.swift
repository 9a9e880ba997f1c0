internal import CLinux
public import SystemPackage

/// A descriptor that somebody else has opened, with one owner: closed when that goes, on a thread where it may take
/// long.
public struct PassedDescriptor: ~Copyable, Sendable {
  private let entry: Entry

  /// One without an owner.
  struct Entry {
    let raw: FileDescriptor
    let isSlow: Bool

    /// Takes over the duty to close `raw`.
    init(adopting raw: FileDescriptor) {
      isSlow = !clinux_closes_at_once(raw.rawValue)
      self.raw = isSlow ? SlowDescriptors.hold(raw) : raw
    }

    func close() {
      if isSlow { SlowDescriptors.close(raw) } else { try? raw.close() }
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

  /// It isn't known that nobody has to be waited for to close it, or a copy of it, as it is of a pipe, a terminal or a
  /// Unix socket.
  public var isSlow: Bool { entry.isSlow }
}
