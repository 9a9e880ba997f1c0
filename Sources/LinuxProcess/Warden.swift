internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A process that holds one job together where there is no cgroup for it.
///
/// All that the job starts descends from it: it adopts orphans, so that neither a double fork nor a
/// session of its own leads out of the tree. It ends with the job, or, having killed that, with the
/// daemon: dropping this value is dying, to the warden. It is a child of the daemon's, which reaps it whenever that
/// suits it: its end is seen by pidfd, before and after.
struct Warden: ~Copyable, Sendable {
  /// How long a warden without a daemon goes on killing what doesn't die.
  static let patienceSeconds = UInt32(Guardian.patienceSeconds)

  enum Report {
    /// The first process is there, and has executed nothing yet.
    case forked(pid: Int32)
    case started(pid: Int32)
    case failed(SpawnFailure)
    case exited(ProcessExit, isEmpty: Bool)
    case empty
    /// There won't be another report.
    case end
  }

  let pid: Int32
  let pidfd: Pidfd
  let line: OwnedDescriptor

  /// - Parameter kept: A descriptor that the warden holds open for as long as it lives.
  static func start(
    _ specification: SpawnSpecification, by spawner: Spawner, streams: (CInt, CInt, CInt),
    kept: FileDescriptor?
  ) throws(SystemError) -> Warden {
    var warden = clinux_warden()
    let answer = unsafe spawner.withProgram(specification, streams) { program in
      unsafe clinux_warden_start(&program, kept?.rawValue ?? -1, patienceSeconds, &warden)
    }
    _ = try checked(answer, "clone")
    let pidfd = OwnedDescriptor(adopting: FileDescriptor(rawValue: warden.pidfd))
    return Warden(
      pid: warden.pid, pidfd: Pidfd(adopting: pidfd),
      line: OwnedDescriptor(adopting: FileDescriptor(rawValue: warden.line)))
  }

  /// What has become of the first process, and which it was, if there was one.
  struct Birth {
    var main: Int32?
    var outcome: Report
  }

  /// Waits for it to be known.
  borrowing func hearBirth(of specification: SpawnSpecification) throws(SystemError) -> Birth {
    var main: Int32?
    while true {
      if let report = try hear(of: specification) {
        guard case .forked(let pid) = report else { return Birth(main: main, outcome: report) }
        main = pid
        continue
      }
      var watched = pollfd(fd: line.raw.rawValue, events: Int16(POLLIN), revents: 0)
      if unsafe poll(&watched, 1, Self.birthMilliseconds) == 0 {
        // The job may have begun, and stopped its warden before that could say so.
        wake()
      }
    }
  }

  /// Longer than it takes to execute a program, as a rule.
  private static let birthMilliseconds: Int32 = 250

  /// The next report; `nil` where there is none yet. Never waits.
  borrowing func hear(
    of specification: SpawnSpecification? = nil
  ) throws(SystemError) -> Report? {
    var report = clinux_warden_report()
    let answer = unsafe clinux_warden_hear(line.raw.rawValue, &report)
    if answer == -EAGAIN { return nil }
    guard try checked(answer, "recv from the warden") > 0 else { return .end }
    switch report.news {
    case CLINUX_WARDEN_FORKED: return .forked(pid: report.spawned.pid)
    case CLINUX_WARDEN_STARTED: return .started(pid: report.spawned.pid)
    case CLINUX_WARDEN_EXITED: return .exited(ProcessExit(report.exit), isEmpty: report.is_empty)
    case CLINUX_WARDEN_EMPTY: return .empty
    default:
      guard let specification else { return .end }
      return .failed(SpawnFailure(report.spawned, of: specification, in: nil))
    }
  }

  borrowing func ask(_ signal: Signal, main onlyMain: Bool) throws(SystemError) {
    try tell(onlyMain ? CLINUX_WARDEN_ASK_MAIN : CLINUX_WARDEN_ASK_TREE, signal.rawValue)
  }

  borrowing func kill() throws(SystemError) { try tell(CLINUX_WARDEN_KILL) }

  /// Whether it has ended, and thereby given its children to the daemon.
  borrowing func hasEnded() -> Bool { waitUntilEnded(milliseconds: 0) }

  /// The end of its line is heard a moment before. poll(2)
  @discardableResult
  borrowing func waitUntilEnded(milliseconds: Int32 = -1) -> Bool {
    var watched = pollfd(fd: pidfd.descriptor.raw.rawValue, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&watched, 1, milliseconds) > 0
  }

  private borrowing func wake() { clinux_warden_wake(pidfd.descriptor.raw.rawValue) }

  private borrowing func tell(
    _ command: clinux_warden_command, _ signal: CInt = 0
  ) throws(SystemError) {
    let answer = clinux_warden_tell(line.raw.rawValue, command, signal)
    // The job may have stopped its warden.
    wake()
    _ = try checked(answer, "send to the warden")
  }
}
