internal import CLinux

/// The C library's allocator, which Swift's objects come from. mallopt(3)
public enum Allocator {
  /// Bytes. What the allocator begins with, and then raises, up to 32 MiB, to the size of whatever large
  /// block is freed: from then on such blocks lie in its heap, which rarely shrinks.
  private static let largeBlockBytes: Int32 = 128 * 1024
  /// Bytes that are free at the end of the heap, and not given back to the kernel yet. By default it is
  /// 128 KiB, which two pieces of output come to: they would be given back, and asked for again page by page,
  /// with each of them. It is so much of each heap, of which each thread would have its own.
  private static let keptBytes: Int32 = 1024 * 1024

  /// For a process that goes on making and dropping pieces of some ten kilobytes: that memory is kept. What a long
  /// message took goes back to the system.
  public static func setBounds() {
    // These can only be refused by an allocator that does otherwise anyway.
    clinux_use_one_heap()
    clinux_map_blocks_from(largeBlockBytes)
    clinux_keep_free(keptBytes)
  }
}
