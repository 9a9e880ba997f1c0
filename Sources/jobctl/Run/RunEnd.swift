internal import LinuxSystem

/// How `jobctl run` ends.
enum RunEnd: Equatable {
  case exit(Int32)
  /// By this signal. It ended the job, and jobctl before: so a shell that runs jobctl in a loop learns that
  /// it was interrupted. https://www.cons.org/cracauer/sigint.html Or there was no job.
  case signaled(Signal)
  /// Before the job, as somebody wants that at once.
  case left(Signal)

  /// Somebody has waited long enough.
  var isHasty: Bool {
    if case .left = self { true } else { false }
  }
}
