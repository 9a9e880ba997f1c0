internal import CLinux
public import LinuxSystem
public import SystemPackage

/// Starts programs in leaves, with nothing of the daemon's but what they are given.
public struct Spawner: Sendable {
  /// As ``JobRoot/probe()`` found it.
  public var method: SpawnMethod
  private let limits: [clinux_limit]
  private let ignoredSignals: UInt64
  private let ownScore: OwnScore?
  private let blocksSignals = SignalMask.blocksAll
  /// By which children get what they need of our descriptors; `nil` where they have copies of all of them.
  private(set) var ownFiles: OwnFiles?

  /// For threads that block the signals that the calling thread blocks. To be made before there are descriptors that
  /// it may take long to close.
  ///
  /// - Parameters:
  ///   - method: How processes are made.
  ///   - limits: What every job starts with that isn't the daemon's own: those from before it changed them.
  public init(method: SpawnMethod, limits: [ResourceLimit]) throws(SystemError) {
    self.method = method
    self.limits = limits.map {
      clinux_limit(resource: $0.resource.rawValue, soft: $0.soft, hard: $0.hard)
    }
    ignoredSignals = try IgnoredSignals.current() | IgnoredSignals.always
    ownScore = try? OwnScore()
    ownFiles = method.childrenFetch ? OwnFiles() : nil
  }

  /// The same, whose children have copies of all descriptors: somewhat quicker, where there are few, and none that it takes
  /// long to close. ``SlowDescriptors``
  public var copying: Spawner {
    var spawner = self
    spawner.ownFiles = nil
    return spawner
  }

  /// Starts a program: returns when it has been executed.
  ///
  /// The child is in a session of its own, with the given streams and no other descriptor, all
  /// signals unblocked and at their defaults, and ordinary scheduling, OOM score and limits.
  /// Waits for as long as execve does, which may be for ever on a dead network mount: to be called
  /// on a thread that can be spared. Killing the leaf ends the wait. The streams are lent and may
  /// be of any numbers.
  public func spawn(
    _ specification: SpawnSpecification, in leaf: borrowing JobLeaf,
    input: FileDescriptor, output: FileDescriptor, error: FileDescriptor
  ) throws(SpawnFailure) -> ChildProcess {
    var report = clinux_spawned()
    let streams = (input.rawValue, output.rawValue, error.rawValue)
    let cgroup = leaf.cgroup.directory.raw.rawValue
    start(specification, cgroup: cgroup, streams: streams, report: &report)
    if ownFiles != nil, report.step == CLINUX_SPAWN_STREAMS,
      Errno(rawValue: report.error) == .notPermitted
    {
      // It has been forbidden since. ptrace(2), `/proc/sys/kernel/yama/ptrace_scope`
      copying.start(specification, cgroup: cgroup, streams: streams, report: &report)
    }
    guard report.step == CLINUX_SPAWN_DONE else {
      throw SpawnFailure(report, of: specification, in: leaf.path)
    }
    let pidfd = OwnedDescriptor(adopting: FileDescriptor(rawValue: report.pidfd))
    return ChildProcess(pid: report.pid, pidfd: Pidfd(adopting: pidfd))
  }

  private func start(
    _ specification: SpawnSpecification, cgroup: CInt, streams: (CInt, CInt, CInt),
    report: inout clinux_spawned
  ) {
    unsafe withProgram(specification, streams) { program in
      unsafe program.flags = method.flags
      if ownScore?.isOrdinary == true {
        unsafe program.flags |= CLINUX_SPAWN_KEEP_OOM_SCORE.rawValue
      }
      if let ownFiles {
        unsafe program.flags |= CLINUX_SPAWN_FETCH_STREAMS.rawValue
        unsafe program.own_process = ownFiles.pidfd
      }
      if blocksSignals { unsafe program.flags |= CLINUX_SPAWN_SIGNALS_BLOCKED.rawValue }
      unsafe program.cgroup = cgroup
      unsafe clinux_spawn(&program, &report)
    }
  }

  /// Lends what is to be started, but for where.
  func withProgram<Result>(
    _ specification: SpawnSpecification, _ streams: (CInt, CInt, CInt),
    _ body: (inout clinux_program) -> Result
  ) -> Result {
    unsafe specification.withProgram { program in
      unsafe limits.withUnsafeBufferPointer { limits in
        unsafe program.streams = streams
        unsafe program.default_signals = ignoredSignals
        unsafe program.limits = limits.baseAddress
        unsafe program.limit_count = limits.count
        return unsafe body(&program)
      }
    }
  }
}
