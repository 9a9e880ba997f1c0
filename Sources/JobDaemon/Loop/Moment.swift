import JobProtocol
import LinuxSystem

/// The clocks as the engine and the protocol count them: microseconds.
nonisolated enum Moment {
  static var monotonic: Int { Int(SystemClock.monotonicUSec()) }

  static var now: Timestamp {
    Timestamp(realtime: Int(SystemClock.realtimeUSec()), monotonic: monotonic)
  }
}
