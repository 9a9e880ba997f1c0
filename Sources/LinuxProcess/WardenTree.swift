public import LinuxSystem
internal import Synchronization
public import SystemPackage

/// The processes of a job without a cgroup, held together by what they descend from: a warden.
///
/// What a cgroup would not permit: that the job kills its warden, which is its parent. Then its first
/// process dies by the parent-death signal, and ``kill()`` finds the rest by the environment that the
/// job was started with. And programs that take on other credentials can't be killed by a daemon
/// without privileges.
public final class WardenTree: JobTree {
  /// Variables that no other job's environment has, each `NAME=value`.
  let marks: [[UInt8]]
  private let kept: FileDescriptor?
  private let state = Mutex(State())

  private struct State {
    var warden: SharedWarden?
    var main: Int32?
    var hasMainExited = false
    var hold = Hold.unborn
  }

  private enum Hold {
    case unborn, held, empty
    /// The warden is gone and has left its children to us.
    case lost
  }

  /// - Parameters:
  ///   - marks: Variables of the job's environment that together no other's has.
  ///   - kept: What the job's warden is to hold open for as long as it lives; lent for as long as the
  ///     tree.
  public init(marks: [[UInt8]], kept: FileDescriptor?) {
    self.marks = marks
    self.kept = kept
  }

  public var controlGroup: String? { nil }

  /// The job's warden, once there is one.
  var wardenPid: Int32? { warden?.warden.pid }

  private var warden: SharedWarden? { state.withLock { $0.warden } }

  // MARK: starting

  public var descriptor: FileDescriptor? { nil }

  public func start(
    _ specification: SpawnSpecification, by spawner: Spawner,
    input: FileDescriptor, output: FileDescriptor, error: FileDescriptor
  ) throws(SpawnFailure) -> Int32 {
    do {
      let shared = SharedWarden(
        try Warden.start(
          specification, by: spawner,
          streams: (input.rawValue, output.rawValue, error.rawValue), kept: kept))
      // Known before the program is executed, so that the wait for that can be ended.
      state.withLock {
        $0.warden = shared
        $0.hold = .held
      }
      return try born(shared.warden.hearBirth(of: specification), of: shared)
    } catch let failure as SpawnFailure {
      state.withLock { $0.hold = .empty }
      throw failure
    } catch let error as SystemError {
      state.withLock { $0.hold = .empty }
      throw SpawnFailure(
        step: .process, path: nil, errno: error.errno,
        message: "cannot make a warden for the job: \(error)")
    } catch {
      preconditionFailure("starting a program throws what it doesn't throw: \(error)")
    }
  }

  private func born(
    _ birth: Warden.Birth, of shared: SharedWarden
  ) throws(SpawnFailure) -> Int32 {
    switch birth.outcome {
    case .started(let pid):
      state.withLock { $0.main = pid }
      return pid
    case .failed(let failure):
      throw failure
    case .forked, .exited, .empty, .end:
      // The job may have done that, if it was born: then the news are that nothing holds it.
      if let main = birth.main, ProcessStatus.wasExecuted(main) == true {
        state.withLock { $0.main = main }
        return main
      }
      // It wasn't, or is gone by now, and what it left is ours.
      shared.warden.waitUntilEnded()
      try? killStrays()
      throw SpawnFailure(
        step: .process, path: nil, errno: .canceled,
        message: "the job's warden was killed before it could say that the command was executed")
    }
  }

  // MARK: news

  public var newsDescriptor: FileDescriptor {
    guard let warden else { preconditionFailure("a job's news are awaited before it was started") }
    return warden.warden.line.raw
  }

  public var mainIsChild: Bool { false }

  public var hasNewsToCome: Bool { state.withLock { $0.hold == .held } }

  public func news() throws(SystemError) -> JobTreeNews? {
    guard let warden else { return nil }
    switch state.withLock({ $0.hold }) {
    case .unborn, .empty: return nil
    case .lost: return try lostMain()
    case .held: break
    }
    switch try warden.warden.hear() {
    case .exited(let exit, let isEmpty):
      state.withLock {
        $0.hasMainExited = true
        if isEmpty { $0.hold = .empty }
      }
      return .mainExited(exit)
    case .empty:
      state.withLock { $0.hold = .empty }
      return .emptied
    case .end, .forked, .started, .failed:
      // Its children are ours once it has ended, in a moment.
      guard warden.warden.hasEnded() else { return nil }
      state.withLock { $0.hold = .lost }
      return .lost
    case nil:
      return nil
    }
  }

  /// The first process has become a child of the daemon.
  private func lostMain() throws(SystemError) -> JobTreeNews? {
    guard let main = state.withLock({ $0.hasMainExited ? nil : $0.main }) else { return nil }
    var exit: ProcessExit?
    do {
      exit = try Orphans.reap(main)
    } catch let error where error.errno == .noChildProcess {
      // The warden had reaped it, and died before it could tell. Or it was an orphan when nobody had heard yet that
      // it was born, and was reaped as one: as a rule the death of its warden has killed it.
      exit = .untold(of: main)
    }
    guard let exit else { return nil }
    state.withLock { $0.hasMainExited = true }
    return .mainExited(exit)
  }

  /// ``news()`` tell it.
  public func openEvents() throws(SystemError) -> OwnedDescriptor? { nil }

  // MARK: all processes

  public func isPopulated() throws(SystemError) -> Bool {
    switch state.withLock({ $0.hold }) {
    case .unborn, .empty: false
    case .held: true
    case .lost: try !strays().isEmpty
    }
  }

  /// It can't be told without looking at every process of the machine.
  public func isSmall() -> Bool { false }

  public func ask(_ signal: Signal?, main onlyMain: Bool) {
    // A warden that has ended has nobody left to be asked.
    if let signal { try? warden?.warden.ask(signal, main: onlyMain) }
  }

  /// Its warden does that.
  public func killMain() {}

  public func kill() throws(SystemError) {
    guard let warden else { return }
    switch state.withLock({ $0.hold }) {
    case .unborn, .empty: return
    case .lost: return try killStrays()
    case .held: break
    }
    do {
      try warden.warden.kill()
    } catch let error where error.errno == .brokenPipe || error.errno == .connectionReset {
      // It has ended, and the news are on their way.
    }
  }

  public func processes(limit: Int) -> [LeafProcess] {
    let pids: [Int32]?
    switch state.withLock({ ($0.hold, $0.warden) }) {
    case (.held, let warden?): pids = try? ProcessTree.descendants(of: warden.warden.pid)
    case (.lost, _): pids = try? strays()
    case (.held, nil), (.unborn, _), (.empty, _): pids = nil
    }
    return LeafProcess.first(limit, of: pids ?? [])
  }

  /// Nobody counts what a tree uses: only what its first process did is told, with its exit.
  public func usage() -> TreeUsage { TreeUsage() }

  // MARK: the end

  /// Nothing is there to be removed.
  public func removeQuickly() -> Bool {
    (try? isPopulated()) == false
  }

  public func remove() -> JobLeaf.Removal {
    removeQuickly() ? .removed : .busy(.resourceBusy)
  }
}

/// A warden that threads talk to, too.
private final class SharedWarden: Sendable {
  let warden: Warden

  init(_ warden: consuming Warden) {
    self.warden = warden
  }
}
