internal import Glibc
internal import SystemPackage

/// How the calling thread is scheduled. Threads and processes that it makes inherit it, unless it says otherwise.
///
/// sched(7)
public enum Scheduling {
  /// Whether nobody has decided anything: SCHED_OTHER, at nice 0.
  public static var isOrdinary: Bool {
    policy == SCHED_OTHER && getpriority(process, 0) == 0
  }

  /// Whether it goes before every ordinary process.
  public static var isRealTime: Bool { isRealTime(policy) }

  private static func isRealTime(_ policy: Int32) -> Bool {
    [SCHED_RR, SCHED_FIFO].contains(policy)
  }

  private static var policy: Int32 { sched_getscheduler(0) & ~resetsOnFork }

  /// From now on it goes before every ordinary process, at the lowest of the real-time priorities.
  ///
  /// - Throws: EPERM without CAP_SYS_NICE, beyond RLIMIT_RTPRIO, or in a control group without real-time
  ///   bandwidth.
  public static func goRealTime() throws(SystemError) {
    var parameters = sched_param()
    parameters.sched_priority = 1
    guard unsafe sched_setscheduler(0, SCHED_RR, &parameters) == 0 else {
      throw SystemError("sched_setscheduler", errno: Errno(rawValue: errno))
    }
  }

  /// Sets the nice value: -20 goes first, 19 last.
  ///
  /// - Throws: EACCES where it would go up in rank without CAP_SYS_NICE, beyond RLIMIT_NICE.
  public static func setNice(_ value: Int32) throws(SystemError) {
    guard setpriority(process, 0, value) == 0 else {
      throw SystemError("setpriority", errno: Errno(rawValue: errno))
    }
  }

  /// How a thread is scheduled.
  public struct Rank: Sendable {
    let policy: Int32
    let priority: Int32
    private let nice: Int32

    var isRealTime: Bool { Scheduling.isRealTime(policy) }

    /// That of the calling thread.
    public init() throws(SystemError) {
      var parameters = sched_param()
      policy = Scheduling.policy
      guard policy >= 0, unsafe sched_getparam(0, &parameters) == 0 else {
        throw SystemError("sched_getscheduler", errno: Errno(rawValue: errno))
      }
      priority = parameters.sched_priority
      nice = getpriority(process, 0)
    }

    /// That of the calling thread, where somebody has decided anything.
    public static func decided() throws(SystemError) -> Rank? { isOrdinary ? nil : try Rank() }

    /// From now on the calling thread has this rank, and what it makes, threads too, begins with ordinary scheduling,
    /// or with the same where it is handed down.
    ///
    /// A process that begins in real time, and then gives that up, is put behind all that wait for the processor: it
    /// runs a tick later, 4 ms here, on a machine that has other things to do.
    ///
    /// - Throws: EPERM without CAP_SYS_NICE, where it would go up, or hand it down after it hasn't.
    public func take(handedDown: Bool = false) throws(SystemError) {
      var parameters = sched_param()
      parameters.sched_priority = priority
      let policy = handedDown ? policy : policy | resetsOnFork
      guard unsafe sched_setscheduler(0, policy, &parameters) == 0 else {
        throw SystemError("sched_setscheduler", errno: Errno(rawValue: errno))
      }
      if getpriority(process, 0) != nice { try setNice(nice) }
    }
  }

  /// SCHED_RESET_ON_FORK, sched(7).
  private static let resetsOnFork: Int32 = 0x4000_0000

  private static let process = __priority_which_t(PRIO_PROCESS.rawValue)
}
