/// Where messages pass on their way in. One serves all the connections of a thread, so that an idle
/// connection holds none.
public final class ReceiveBuffer {
  /// As much as a Unix socket's queue gives out in one piece at most, nearly always; also what
  /// sd-varlink reads at once.
  private static let size = 64 * 1024

  var bytes = [UInt8](repeating: 0, count: ReceiveBuffer.size)

  public init() {}
}
