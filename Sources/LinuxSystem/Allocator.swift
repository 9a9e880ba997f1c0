internal import CLinux

/// The allocator of the C library, which Swift's objects come from, too.
public enum Allocator {
  /// Bytes. What the allocator begins with, and then raises, up to 32 MiB, to the size of whatever large
  /// block is freed: from then on such blocks lie in its heap, which rarely shrinks.
  private static let largeBlockBytes = 128 * 1024

  /// Has the memory of large blocks go back to the system when they are freed: what a long message took
  /// isn't kept for the next.
  ///
  /// mallopt(3), M_MMAP_THRESHOLD
  public static func giveLargeBlocksBack() {
    // It can only be refused by an allocator that does otherwise anyway.
    _ = clinux_map_blocks_from(Int32(largeBlockBytes))
  }
}
