import LinuxProcess
import LinuxSystem
import SystemPackage

/// Says when a job's tree may be empty.
final class TreeWatch {
  private let events: OwnedDescriptor
  private var source: IOSource?

  /// - Parameter events: As ``JobTree/openEvents()`` opened them.
  init(
    _ loop: EventLoop, _ events: consuming OwnedDescriptor, changed: @escaping () -> Void
  ) throws(SystemError) {
    self.events = events
    source = try IOSource(loop, self.events.raw, .priority, priority: .exits) { [unowned self] _ in
      acknowledge()
      changed()
    }
  }

  // Before the descriptor that it watches is closed.
  isolated deinit {
    source = nil
  }

  /// The kernel notifies again only of what changes after the file was read by this descriptor.
  private func acknowledge() {
    var contents = [UInt8](repeating: 0, count: 64)
    let read = unsafe contents.withUnsafeMutableBytes {
      try? unsafe events.raw.read(fromAbsoluteOffset: 0, into: $0)
    }
    // A cgroup that is gone reads ENODEV, and would be reported for ever.
    if read == nil { source = nil }
  }
}
