/// Where the service itself is in its life.
enum ServicePhase: Hashable, Sendable {
  case serving
  /// It has to stop: all jobs are being ended, none is begun.
  case ending
  /// All jobs are over and told; what they left is removed until then, in monotonic microseconds.
  case removing(until: Int)
  /// Nothing more is done.
  case over
}
