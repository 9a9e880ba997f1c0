import LinuxProcess
import LinuxSystem
import SystemPackage

/// Says when a job's tree may be empty.
final class TreeWatch {
  private let events: OwnedDescriptor
  private var source: IOSource?

  /// - Parameters:
  ///   - events: As ``JobTree/openEvents()`` opened them.
  ///   - lost: It can't say any more. It may be dropped.
  init(
    _ loop: EventLoop, _ events: consuming OwnedDescriptor, changed: @escaping () -> Void,
    lost: @escaping () -> Void
  ) throws(SystemError) {
    self.events = events
    source = try IOSource(loop, self.events.raw, .priority, priority: .exits) { [unowned self] _ in
      if acknowledge() { return changed() }
      // Of a cgroup that is gone nothing can be read, and that would be reported for ever.
      source = nil
      lost()
    }
  }

  // Before the descriptor that it watches is closed.
  isolated deinit {
    source = nil
  }

  /// The kernel notifies again only of what changes after the file was read by this descriptor.
  ///
  /// - Returns: It was.
  private func acknowledge() -> Bool {
    var contents = [UInt8](repeating: 0, count: 64)
    let read = unsafe contents.withUnsafeMutableBytes {
      try? unsafe events.raw.read(fromAbsoluteOffset: 0, into: $0)
    }
    return read != nil
  }
}
