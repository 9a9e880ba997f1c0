/// Where a job is in its life.
public enum JobState: String, WireEnum {
  /// Waits for a free slot.
  case queued
  /// Its first process is being made.
  case starting
  case running
  /// Asked to end, or killed, and not all of its processes are gone.
  case stopping
  /// Its processes are gone (or stuck, see ``Cause/stuck``) and the result is set.
  case finished
}
