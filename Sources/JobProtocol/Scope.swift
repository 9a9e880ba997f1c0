/// The main process, or the whole process tree.
public enum Scope: String, WireEnum {
  /// The process that was started first.
  case main
  /// Every process of the job.
  case tree
}
