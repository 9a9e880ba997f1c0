/// Why a job ended.
public enum Cause: String, WireEnum {
  /// The main process exited by itself.
  case exited
  /// A signal that didn't come from the service ended the main process.
  case signaled
  /// The command could not be started.
  case failedToStart = "failed_to_start"
  /// The last lifeline ended.
  case disconnected
  /// Somebody called `Cancel`.
  case requested
  /// The kernel killed the main process for want of memory.
  case oom
  /// The service stopped.
  case shutdown
  /// Processes survived SIGKILL: the only cause with which processes may be left.
  case stuck
}
