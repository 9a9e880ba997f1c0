public import SystemPackage

/// The descriptors that came with a message, in their order. Those that nobody takes are closed.
public struct PassedDescriptors: ~Copyable, Sendable {
  /// `nil` where it was taken.
  private var entries: [PassedDescriptor.Entry?]

  /// None.
  public init() {
    self.entries = []
  }

  /// Takes over the duty to close these.
  public init(adopting descriptors: [FileDescriptor]) {
    self.entries = descriptors.map(PassedDescriptor.Entry.init)
  }

  deinit {
    for entry in entries { entry?.close() }
  }

  /// How many came, whether or not they have been taken since.
  public var count: Int { entries.count }

  public var isEmpty: Bool { entries.isEmpty }

  /// One of those that weren't taken has this number or a higher one.
  public func reach(_ number: Int) -> Bool {
    entries.contains { entry in entry.map { $0.raw.rawValue >= number } ?? false }
  }

  /// The descriptor of that index; `nil` where none came with it, or it has been taken.
  public mutating func take(_ index: Int) -> PassedDescriptor? {
    guard entries.indices.contains(index), let entry = entries[index] else { return nil }
    entries[index] = nil
    return PassedDescriptor(entry)
  }
}
