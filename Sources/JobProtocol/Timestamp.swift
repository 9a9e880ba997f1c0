public import Varlink

/// A moment on both clocks.
public struct Timestamp: WireObject {
  /// Microseconds since 1970, `CLOCK_REALTIME`.
  public var realtime: Int
  /// Microseconds, `CLOCK_MONOTONIC`.
  public var monotonic: Int

  public init(realtime: Int, monotonic: Int) {
    self.realtime = realtime
    self.monotonic = monotonic
  }

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    let reader = Reader(object: object, path: path)
    self.realtime = try reader.int("realtime")
    self.monotonic = try reader.int("monotonic")
  }

  public func write(to members: inout some MemberSink & ~Copyable) {
    members.set("realtime", realtime)
    members.set("monotonic", monotonic)
  }
}
