/// What holds the processes of a job together, and so what its end is worth.
public enum Containment: String, WireEnum {
  /// A control group: no process leaves it, and none is left when the job is finished.
  case controlGroup = "control_group"
  /// Only that they descend from one process, where the service was told to do without control
  /// groups. What that can't hold: see `io.jobd.varlink`.
  case processTree = "process_tree"
}
