public import SystemPackage

/// The numbers of descriptors that every child has copies of.
///
/// The kernel copies a table of descriptors by words of a bitmap: what is in the first one is copied, even if only a part
/// of it is asked for. (sane_fdtable_size, fs/file.c) So what others pass is to get a number behind that.
public struct LowNumbers: ~Copyable {
  /// The first that isn't one.
  public static let end = FileDescriptor(rawValue: 64)

  /// Where there may be fewer descriptors, none is kept back, or moved behind them.
  private static let limitMin = 512
  public static let areMany =
    ((try? ResourceLimit.current(.openFiles))?.soft ?? 0) >= UInt64(limitMin)

  public static func contain(_ descriptor: FileDescriptor) -> Bool {
    descriptor.rawValue < end.rawValue
  }

  /// The same with a number behind them; `nil` for a descriptor that has one, or where there is none to be had.
  static func copyBehind(_ descriptor: FileDescriptor) -> OwnedDescriptor? {
    guard areMany, contain(descriptor) else { return nil }
    return try? OwnedDescriptor.duplicate(of: descriptor, from: end)
  }

  private var taken: [FileDescriptor] = []

  /// Takes all of them that are free, as long as this value is there, by copies of a descriptor.
  public init(with descriptor: FileDescriptor) {
    guard Self.areMany else { return }
    while let copy = try? OwnedDescriptor.duplicate(of: descriptor) {
      guard Self.contain(copy.raw) else { return }
      taken.append(copy.release())
    }
  }

  deinit {
    for number in taken { try? number.close() }
  }
}
