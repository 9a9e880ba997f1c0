/// The bounds of the engine, each with the reason for its value. Times are microseconds.
public struct Limits: Hashable, Sendable {
  /// Jobs that run at one time; further ones are queued. What a machine bears is for its
  /// administrator to say: this only keeps a client gone wild from taking all process ids (32,768
  /// on a small machine).
  public var runningMax = 4_096

  /// Jobs that are queued; further ones are refused. Each costs what its message is long, some
  /// kilobytes as a rule.
  public var queuedMax = 16_384

  /// Finished jobs of which something is still to be removed; with more of them no new job is taken.
  /// Each is a control group, and if its processes are stuck their process ids.
  public var leftoversMax = 4_096

  /// Finished jobs that are still listed: enough to look up what just ended, few enough that a
  /// million jobs later the daemon is no larger. ``describedBytes`` bounds each.
  public var finishedKept = 128

  /// Finished jobs that an observer may be behind before it is dropped.
  public var observerBacklogMax = 1_024

  /// What these may come to, in bytes: a megabyte as a rule, and all of them with the longest of
  /// descriptions would be twenty.
  public var observerBacklogBytes = 4 << 20

  /// Bytes of a command, and of any other text, that are kept to describe a job by; what is longer is cut.
  /// All that ps(1) showed for long, a path as long as the kernel takes one, and so little that neither the
  /// history nor 20,000 jobs that live are ever large by it.
  public var describedBytes = 4_096

  /// Bytes of jobs in one of several replies to `List`: a hundred jobs as a rule. On the wire it is up to six
  /// times as much, where every character of theirs is a control character.
  public var listPieceBytes = 128 << 10

  /// The same where one reply has to do: six times as much is still below Varlink's 16 MiB.
  public var listReplyBytes = 2 << 20

  /// Grace period of a job that gives none: what supervisors and gopls use, long enough to remove
  /// half-written files on a loaded machine.
  public var gracePeriod = 5_000_000

  /// Longest grace period that a job may ask for.
  public var gracePeriodMax = 3_600_000_000

  /// Longest grace period once the service itself has to stop: below the 90 s after which the
  /// service manager would kill it (systemd-system.conf(5), DefaultTimeoutStopSec=).
  public var shutdownGracePeriodMax = 30_000_000

  /// How long a client may take to read how its job ended when others wait for that: who canceled
  /// the job, or the service that has to stop.
  public var flushPeriod = 2_000_000

  /// How long the service, when all jobs are over and told, goes on trying to remove what they left.
  /// The kernel refuses for some milliseconds, rarely for a second; what it still refuses then, the
  /// next start removes.
  public var shutdownRemovalPeriod = 2_000_000

  /// First look whether a killed tree is gone; each further one waits twice as long. The kernel
  /// notifies at most once in 10 ms, and most trees are gone within half a millisecond.
  public var recheckFirst = 250

  /// Longest wait between two looks.
  public var recheckMax = 100_000

  /// Between two tries to watch the tree of a job that is as long as that: descriptors are short, and
  /// may be so for long.
  public var watchRetry = 250_000

  /// How long a process may survive SIGKILL before its job is told as stuck: longer than a loaded
  /// machine takes to tear down 5,000 processes or a process of many gigabytes.
  public var stuckAfter = 10_000_000

  /// First retry to remove what is left of a finished job; each further one waits twice as long.
  public var removalRetryFirst = 10_000

  /// Longest wait between two such retries.
  public var removalRetryMax = 60_000_000

  public init() {}
}
