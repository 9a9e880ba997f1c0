internal import CLinux

/// Processes whose parents have died and that became children of this process.
public enum Orphans {
  /// From now on, orphaned descendants become children of this process, not of init.
  ///
  /// prctl(2) PR_SET_CHILD_SUBREAPER
  public static func adopt() throws(SystemError) {
    _ = try checked(clinux_become_subreaper(), "prctl PR_SET_CHILD_SUBREAPER")
  }

  /// The pid of some child that has exited, which is left unreaped; `nil` when there is none.
  ///
  /// Asked again it gives the same child until that is reaped. It may be one that somebody holds
  /// a `Pidfd` of and wants to reap himself, or one just spawned on another thread: a program that
  /// was just started and is over already looks like an orphan until its spawner has reported it.
  public static func exitedChild() throws(SystemError) -> Int32? {
    let pid = try checked(clinux_exited_child(), "waitid")
    return pid == 0 ? nil : pid
  }

  /// Reaps an exited child; `nil` if it runs.
  public static func reap(_ pid: Int32) throws(SystemError) -> ProcessExit? {
    var exit = clinux_exit()
    let answer = unsafe clinux_reap_exited(pid, &exit)
    return try checked(answer, "waitid", "\(pid)") == 0 ? nil : ProcessExit(exit)
  }
}
