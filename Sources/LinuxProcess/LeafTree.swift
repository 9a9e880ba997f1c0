public import LinuxSystem
internal import Synchronization
public import SystemPackage

/// The processes of a job in a cgroup of their own: nothing leaves it.
public final class LeafTree: JobTree {
  private let leaf: JobLeaf
  private let main = Mutex<Main?>(nil)
  private let end = Mutex(End.unknown)

  /// Whether the leaf was tried to be removed when the main process had gone: most are empty then.
  private enum End {
    case unknown, tried
    /// It is removed, and this was used.
    case removed(TreeUsage)
  }

  /// The job's first process, with whether it was reaped.
  private final class Main: Sendable {
    let process: ChildProcess
    let isReaped = Mutex(false)

    init(_ process: consuming ChildProcess) {
      self.process = process
    }
  }

  public init(_ leaf: consuming JobLeaf) {
    self.leaf = leaf
  }

  public var controlGroup: String? { leaf.path }

  public var descriptor: FileDescriptor? { leaf.cgroup.directory.raw }

  public func start(
    _ specification: SpawnSpecification, by spawner: Spawner,
    input: FileDescriptor, output: FileDescriptor, error: FileDescriptor
  ) throws(SpawnFailure) -> Int32 {
    let process = try spawner.spawn(
      specification, in: leaf, input: input, output: output, error: error)
    let pid = process.pid
    let main = Main(process)
    self.main.withLock { $0 = main }
    return pid
  }

  /// Kills the process that is being made, unless it has executed its program. ``JobLeaf/killUnborn()``
  func killUnborn() -> Bool { leaf.killUnborn() }

  /// Of a process that was killed before any instruction of its program was executed nothing is left then.
  public func reapUnborn() {
    let main = self.main.withLock { $0.take() }
    // It may have got as far as that. There is nothing to be told of how it ended.
    _ = try? main?.process.pidfd.waitAndReap()
  }

  private var started: Main? { main.withLock { $0 } }

  public var newsDescriptor: FileDescriptor {
    guard let started else { preconditionFailure("nothing was started in \(leaf.path)") }
    return started.process.pidfd.descriptor.raw
  }

  public var mainIsChild: Bool { true }

  public var hasNewsToCome: Bool { started.map { main in !main.isReaped.withLock { $0 } } ?? false }

  public func news() throws(SystemError) -> JobTreeNews? {
    guard let started, hasNewsToCome, let exit = try reap(started.process) else { return nil }
    started.isReaped.withLock { $0 = true }
    return .mainExited(exit)
  }

  private func reap(_ process: borrowing ChildProcess) throws(SystemError) -> ProcessExit? {
    do {
      return try process.reap()
    } catch let error where error.errno == .noChildProcess {
      // It moved to another job's leaf when nobody had heard yet that it was born, and was reaped as an orphan there.
      return .untold(of: process.pid)
    }
  }

  public func openEvents() throws(SystemError) -> OwnedDescriptor? { try leaf.openEvents() }

  /// The kernel removes a leaf only when no process lives in it, and to try that costs no more than to ask:
  /// as a rule it is the answer, and the leaf is gone.
  public func isPopulated() throws(SystemError) -> Bool {
    if hasEnded() { return false }
    do {
      return try leaf.isPopulated()
    } catch let error
      where error.errno == .operationNotSupportedByDevice || error.errno == .noSuchFileOrDirectory
    {
      // Somebody else removed it, which the kernel permits only for an empty one.
      return false
    }
  }

  private func hasEnded() -> Bool {
    switch end.withLock({ $0 }) {
    case .removed: return true
    case .tried: return false
    case .unknown: break
    }
    guard started?.isReaped.withLock({ $0 }) == true else { return false }
    // What goes with the leaf.
    let usage = leaf.usage()
    let isRemoved = leaf.removeIfFlat()
    end.withLock { $0 = isRemoved ? .removed(usage) : .tried }
    return isRemoved
  }

  private var isRemoved: Bool {
    if case .removed = end.withLock({ $0 }) { true } else { false }
  }

  public func isSmall() -> Bool { leaf.cgroup.isSmall() }

  public func ask(_ signal: Signal?, main onlyMain: Bool) {
    guard let signal else { return leaf.thaw() }
    let main = hasNewsToCome ? started?.process.pid : nil
    // Of this one it needn't be found out who it is.
    if main != nil { try? started?.process.ask(signal) }
    if onlyMain { leaf.thaw() } else { leaf.signalTree(signal, but: main) }
  }

  /// Wherever it may have moved to.
  public func killMain() {
    try? started?.process.pidfd.send(.kill)
  }

  public func kill() throws(SystemError) { try leaf.kill() }

  public func processes(limit: Int) -> [LeafProcess] {
    // The first process may have moved elsewhere, or is a zombie that its tracer holds.
    let main = hasNewsToCome ? started?.process.pid : nil
    let others = leaf.cgroup.treeMembers().filter { $0 != main }
    return LeafProcess.first(limit, of: (main.map { [$0] } ?? []) + others)
  }

  public func usage() -> TreeUsage {
    if case .removed(let usage) = end.withLock({ $0 }) { usage } else { leaf.usage() }
  }

  public func removeQuickly() -> Bool { isRemoved || leaf.removeIfFlat() }

  public func remove() -> JobLeaf.Removal { isRemoved ? .removed : leaf.remove() }
}
