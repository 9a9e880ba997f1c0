/// Where messages pass on their way in. One serves all the connections of a thread, so that an idle
/// connection holds none.
public final class ReceiveBuffer {
  /// As much as a Unix socket's queue gives out in one piece at most, nearly always; also what
  /// sd-varlink reads at once.
  private static let size = 64 * 1024

  /// Whatever was in the memory before: what is read of it is what the kernel has written. A client that
  /// gets some hundred bytes doesn't touch the other pages.
  var bytes = unsafe [UInt8](unsafeUninitializedCapacity: ReceiveBuffer.size) { $1 = $0.count }

  public init() {}
}
