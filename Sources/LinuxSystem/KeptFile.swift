internal import SystemPackage

/// One of the kernel's little files that is read again and again: open all the time, and each time read from
/// its beginning, whereupon the kernel writes it anew.
public struct KeptFile: ~Copyable, Sendable {
  /// More than such a file is long.
  private static let sizeMax = 512

  private let file: OwnedDescriptor

  /// One that is open for reading.
  public init(_ file: consuming OwnedDescriptor) {
    self.file = file
  }

  /// What it says now.
  public borrowing func read() throws(SystemError) -> [UInt8] {
    try systemCall("read") {
      try unsafe [UInt8](unsafeUninitializedCapacity: Self.sizeMax) { buffer, count in
        count = try unsafe file.raw.read(
          fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
      }
    }
  }
}
