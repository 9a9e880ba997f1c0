public import LinuxSystem
public import SystemPackage

/// What holds all processes of one job together, whatever the kernel gives for it, and what is done
/// to all of them at once.
///
/// Threads may work on it at the same time; what takes long says so.
public protocol JobTree: AnyObject, Sendable {
  /// The path of its cgroup below the root of the hierarchy; `nil` where it has none.
  var controlGroup: String? { get }

  /// A descriptor that it has open before its first process is started, if any.
  var descriptor: FileDescriptor? { get }

  /// Starts the job's first process, and returns its pid when the program has been executed. Waits as
  /// long as execve(2) does; ``kill()`` ends that.
  func start(
    _ specification: SpawnSpecification, by spawner: Spawner,
    input: FileDescriptor, output: FileDescriptor, error: FileDescriptor
  ) throws(SpawnFailure) -> Int32

  /// Readable when there may be ``news()``, from when the first process was started and as long as
  /// ``hasNewsToCome``.
  var newsDescriptor: FileDescriptor { get }

  /// The end of the first process, which is a child of this one, is told by SIGCHLD, too. The descriptor
  /// may be readable before there are news: a process that has exited while it was traced can't be
  /// reaped until its tracer lets go of it, which SIGCHLD tells. ptrace(2)
  var mainIsChild: Bool { get }

  /// Something is still to be told.
  var hasNewsToCome: Bool { get }

  /// The next thing to have happened, each told once; `nil` where there is none yet. Never waits.
  func news() throws(SystemError) -> JobTreeNews?

  /// A descriptor that reports by EPOLLPRI that the tree may be empty; `nil` where
  /// ``news()`` tell it.
  func openEvents() throws(SystemError) -> OwnedDescriptor?

  /// Whether a process of the job lives. May remove what is left of it, where that is how to find out.
  func isPopulated() throws(SystemError) -> Bool

  /// Whether few processes are in it, so that to ask them or to kill them doesn't take long. Never waits.
  func isSmall() -> Bool

  /// Sends a signal to the first process or to every process, if there is one, and makes sure that who
  /// is stopped or frozen hears it. May take long, unless the tree ``isSmall()``.
  func ask(_ signal: Signal?, main onlyMain: Bool)

  /// Kills the first process, if that can be done at once: ``kill()`` follows. Never waits.
  func killMain()

  /// Kills every process of the job. They may be dead some time after this returns. May take long, unless the
  /// tree ``isSmall()``.
  func kill() throws(SystemError)

  /// The processes of the job that are still there, at most `limit`. May take long.
  func processes(limit: Int) -> [LeafProcess]

  /// What all processes of the job have used so far.
  func usage() -> TreeUsage

  /// Removes what is left of a job without processes, if one system call does it.
  func removeQuickly() -> Bool

  /// Removes what is left of a job without processes. May take long.
  func remove() -> JobLeaf.Removal
}

/// What is told of a job's processes.
public enum JobTreeNews: Hashable, Sendable {
  /// The first process exited, and was reaped.
  case mainExited(ProcessExit)
  /// The last process has gone, some time after the first.
  case emptied
  /// What held the processes together is gone, and nothing does so any more. ``JobTree/kill()`` at
  /// once reaches those that can still be told to be of the job.
  case lost
}
