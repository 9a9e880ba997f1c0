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

  /// The same descriptor with a number behind them, where there is one to be had.
  static func left(by descriptor: consuming OwnedDescriptor) -> OwnedDescriptor {
    guard areMany, descriptor.raw.rawValue < end.rawValue,
      let copy = try? OwnedDescriptor.duplicate(of: descriptor.raw, from: end)
    else { return descriptor }
    return copy
  }

  private var taken: [FileDescriptor] = []

  /// Takes all of them that are free, as long as this value is there, by copies of a descriptor.
  public init(with descriptor: FileDescriptor) {
    guard Self.areMany else { return }
    while let copy = try? OwnedDescriptor.duplicate(of: descriptor) {
      if copy.raw.rawValue >= Self.end.rawValue { return }
      taken.append(copy.release())
    }
  }

  deinit {
    for number in taken { try? number.close() }
  }
}
