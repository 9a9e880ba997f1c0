internal import CLinux

/// Which signals wait instead of interrupting.
public enum SignalMask {
  /// Blocks every signal but those that a thread causes itself, for this thread and those that it starts.
  ///
  /// To be called before there is any other: a signal that one thread doesn't block goes to that.
  public static func blockAll() {
    clinux_block_signals()
  }

  /// Whether the calling thread blocks all of these.
  public static var blocksAll: Bool { clinux_blocks_signals() }
}
