public import SystemPackage

/// The descriptors that came with a message, in their order. Those that nobody takes are closed.
public struct PassedDescriptors: ~Copyable, Sendable {
  /// `nil` where it was taken.
  private var descriptors: [FileDescriptor?]

  /// None.
  public init() {
    self.descriptors = []
  }

  /// Takes over the duty to close these.
  public init(adopting descriptors: [FileDescriptor]) {
    self.descriptors = descriptors
  }

  deinit {
    for descriptor in descriptors { try? descriptor?.close() }
  }

  /// How many came, whether or not they have been taken since.
  public var count: Int { descriptors.count }

  public var isEmpty: Bool { descriptors.isEmpty }

  /// The descriptor of that index; `nil` where none came with it, or it has been taken.
  public mutating func take(_ index: Int) -> OwnedDescriptor? {
    guard descriptors.indices.contains(index), let raw = descriptors[index] else { return nil }
    descriptors[index] = nil
    return OwnedDescriptor(adopting: raw)
  }
}
