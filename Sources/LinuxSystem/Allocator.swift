internal import CLinux

/// The C library's allocator, which Swift's objects come from. mallopt(3)
public enum Allocator {
  /// Bytes that are free at the end of the heap, and not given back to the kernel yet. By default it is
  /// 128 KiB, which two pieces of output come to: they would be given back, and asked for again page by page,
  /// with each of them.
  private static let keptBytes: Int32 = 1024 * 1024

  /// For a process that goes on making and dropping pieces of some ten kilobytes. What is larger than
  /// 128 KiB is still given back at once.
  public static func keepPieces() {
    clinux_keep_free(keptBytes)
  }
}
