internal import Synchronization
public import SystemPackage

/// The descriptors that came with a message, in their order. Those that nobody takes are closed.
public struct PassedDescriptors: ~Copyable, Sendable {
  private let descriptors: [Box]

  /// One in an array, until it is taken.
  private final class Box: Sendable {
    private let descriptor: Mutex<PassedDescriptor?>

    init(_ descriptor: consuming PassedDescriptor) {
      self.descriptor = Mutex(descriptor)
    }

    func take() -> PassedDescriptor? { descriptor.withLock { $0.take() } }
  }

  /// None.
  public init() {
    self.descriptors = []
  }

  /// Takes over the duty to close these.
  public init(adopting descriptors: [FileDescriptor]) {
    self.descriptors = descriptors.map { Box(PassedDescriptor(adopting: $0)) }
  }

  /// How many came, whether or not they have been taken since.
  public var count: Int { descriptors.count }

  public var isEmpty: Bool { descriptors.isEmpty }

  /// The descriptor of that index; `nil` where none came with it, or it has been taken.
  public mutating func take(_ index: Int) -> PassedDescriptor? {
    descriptors.indices.contains(index) ? descriptors[index].take() : nil
  }
}
