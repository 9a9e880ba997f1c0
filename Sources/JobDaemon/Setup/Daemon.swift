import JobEngine
import LinuxProcess
import LinuxSystem
import Logging
import SystemPackage

/// jobd from its start to its end.
public final class Daemon {
  private let log: Logger
  /// As the guardian and threads have it, too.
  private let rank: Scheduling.Rank
  private let loop: EventLoop
  private let endpoint: Endpoint
  private let supervisor: Supervisor
  private let server: Server
  private let notifier: Notifier
  private var guardian: Guardian?
  private var guardianSource: IOSource?
  private var guardianRetry: TimerSource?
  /// Monotonic microseconds.
  private var guardianBegan = 0
  /// The last one couldn't fetch its descriptors, which may have been forbidden since. ptrace(2),
  /// `/proc/sys/kernel/yama/ptrace_scope`
  private var guardianNeedsCopies = false
  private var signals: [SignalSource] = []

  /// Serves until it is asked to stop, or says why it can't.
  ///
  /// - Returns: The exit code.
  public static func main(_ configuration: Configuration) -> Int32 {
    Allocator.setBounds()
    let destination = LogDestination()
    let log = destination.logger(level: configuration.logLevel)
    defer { destination.flush() }
    do {
      let daemon = try Daemon(configuration, log: log)
      // Now that there is a guardian, and before there are jobs.
      destination.beginThread()
      return try daemon.run()
    } catch {
      log.critical("\(error)")
      return 1
    }
  }

  private init(_ configuration: Configuration, log: Logger) throws {
    self.log = log
    try StandardDescriptors.ensureOpen()
    // Jobs get the limits that we were started with; we ourselves need a descriptor for each client.
    let limits = try ResourceLimit.allCurrent()
    raiseOpenFiles(limits)
    goFirst()
    rank = try Scheduling.Rank()

    endpoint = try Endpoint(configuration, log: log)
    let (place, method) = try JobPlace.prepare(
      configuration.controlGroup, tag: endpoint.tag, lock: endpoint.files?.lock, log: log)
    // Before there is a thread but its own, and descriptors that it had to close.
    do {
      guardian = try Daemon.startGuardian(of: place, endpoint)
    } catch {
      if case .controlGroup(let shared) = place { try? shared.root.remove() }
      throw error
    }
    if guardian != nil { endpoint.leaveToGuardian() }

    loop = try EventLoop()
    let engine = JobEngine(
      limits: Limits(configuration), serviceUID: UserAccount.uid, containment: place.containment)
    let changed = Set(try ResourceLimit.allCurrent()).symmetricDifference(limits)
    // Before the spawner, as children have copies of what is there then.
    let null = SharedDescriptor(try OwnedDescriptor.open("/dev/null", .readWrite))
    let spawner = try Spawner(method: method, limits: limits.filter(changed.contains))
    let budget = DescriptorBudget(openFiles: try ResourceLimit.current(.openFiles))
    supervisor = try Supervisor(loop, engine, place, spawner, null: null, budget, log: log)
    let defaults = JobDefaults(
      limits: engine.limits, environment: UserAccount.environment, socketPath: endpoint.path)
    let methods = try Methods(supervisor, defaults, uid: UserAccount.uid, log: log)
    SlowDescriptors.prepare()
    server = try Server(loop, methods, budget, log: log)
    notifier = try Notifier(loop) { [supervisor] in supervisor.engine.counts }
  }

  private func run() throws -> Int32 {
    connect()
    try watchGuardian()
    guardianRetry = try TimerSource(loop) { [unowned self] in replaceGuardian() }
    for signal in [Signal.terminate, .interrupt, .hangup] {
      // nohup(1) and a script's `&` mean that those are not for us.
      if signal != .terminate, try IgnoredSignals.contains(signal) { continue }
      signals.append(
        try SignalSource(loop, signal, priority: .exits) { [unowned self] in stop(signal) })
    }
    try endpoint.serve(by: server)
    notifier.ready()
    log.notice("ready", metadata: ["socket": "\(endpoint.path ?? "passed")"])
    stopIfDeserted()

    let code = try loop.run()
    return finish(code)
  }

  private func connect() {
    supervisor.connection = { [unowned server] in server.connection($0) }
    supervisor.resourcesFreed = { [unowned server] in server.resumeAccepting() }
    supervisor.countsChanged = { [unowned self] in
      notifier.countsChanged()
      stopIfDeserted()
    }
    supervisor.allOver = { [unowned self] in allOver() }
    server.connectionClosed = { [unowned self] client in
      supervisor.spares?.left(client)
      stopIfDeserted()
    }
    server.lineEnded = { [unowned supervisor] client, ending in
      supervisor.event { $0.lineEnded(client.id, ending, at: Moment.now) }
    }
  }

  // MARK: the guardian

  /// Jobs without control groups are guarded by their wardens. The socket and its lock are then left,
  /// and replaced by the next daemon, which waits for the lock until the last warden is done.
  private static func startGuardian(
    of place: JobPlace, _ endpoint: Endpoint, by spawner: Spawner? = nil
  ) throws(SystemError) -> Guardian? {
    guard case .controlGroup(let shared) = place else { return nil }
    return try Guardian.start(for: shared.root, files: endpoint.files, by: spawner)
  }

  private func watchGuardian() throws(SystemError) {
    guard let descriptor = guardian?.pidfd.descriptor.raw else { return }
    guardianSource = try IOSource(loop, descriptor, .input) { [unowned self] _ in
      log.error("the guardian died; starting another")
      guardianSource = nil
      let exit = try? guardian?.pidfd.reap()
      guardianNeedsCopies = exit?.status == .exited(code: Guardian.fetchFailedCode)
      guardian = nil
      // One that dies whenever it is made isn't made without end.
      let next = guardianBegan + Self.guardianPeriodMin
      next <= Moment.monotonic ? replaceGuardian() : guardianRetry?.arm(at: next)
    }
    guardianBegan = Moment.monotonic
  }

  private func replaceGuardian() {
    do {
      // One that is there and can't be watched goes on guarding: to let go of it would be to die, to it.
      if guardian == nil { guardian = try startAnotherGuardian() }
      try watchGuardian()
    } catch {
      log.critical("there is no guardian: should jobd be killed, jobs live on: \(error)")
      guardianRetry?.arm(at: Moment.monotonic + Self.guardianRetryDelay)
    }
  }

  private func startAnotherGuardian() throws(SystemError) -> Guardian? {
    // By now jobs are started on this thread, which hands its rank down to none.
    try? rank.take(handedDown: true)
    defer { try? rank.take() }
    // With copies of all descriptors rather than none at all.
    return try Daemon.startGuardian(
      of: supervisor.place, endpoint, by: guardianNeedsCopies ? nil : supervisor.spawner)
  }

  /// Microseconds from one guardian to the next.
  private static let guardianPeriodMin = 100_000
  /// Microseconds between two attempts to have a guardian again.
  private static let guardianRetryDelay = 1_000_000

  // MARK: the end

  private var isStopping = false

  private func stop(_ signal: Signal) {
    log.notice(
      isStopping ? "stopping at once" : "stopping", metadata: ["signal": "\(signal)"])
    stop()
  }

  /// Was passed connections only, as by Accept=yes in systemd.socket(5), and has seen the last of them
  /// and of their jobs.
  private func stopIfDeserted() {
    let counts = supervisor.engine.counts
    guard !isStopping, server.isDeserted, counts.queued == 0, counts.running == 0 else { return }
    log.notice("stopping: the last client has gone")
    stop()
  }

  private func stop() {
    notifier.stopping()
    server.stopListening()
    let hurry = isStopping
    isStopping = true
    supervisor.event { $0.shutdownRequested(hurry: hurry, at: Moment.now) }
  }

  /// Every job is over: what is left is to say so.
  private func allOver() {
    server.flush { [unowned loop] in loop.exit(0) }
  }

  private func finish(_ code: Int32) -> Int32 {
    guardianSource = nil
    guardianRetry = nil
    removeFile(endpoint.removeSocket)
    do {
      if case .controlGroup(let shared) = supervisor.place {
        // Leaves that were busy may have become free, and what a job moved here goes with them.
        _ = try shared.root.sweep(patience: Self.lastSweepSeconds)
        try shared.root.remove()
      }
      if let guardian = guardian.take() { try guardian.standDown() }
      removeFile(endpoint.unlock)
    } catch {
      // What can't be removed is left to the guardian, which goes on trying. It has the lock, too: it
      // kills whatever it finds, and the next daemon must not begin before it is done.
      log.error("control groups are left: \(error)")
    }
    log.notice("stopped")
    return code
  }

  private func removeFile(_ remove: () throws(SystemError) -> Void) {
    do {
      try remove()
    } catch {
      log.warning("a file is left: \(error)")
    }
  }

  /// Seconds. Less than the service manager waits.
  private static let lastSweepSeconds = 5
}

/// As many descriptors as the administrator allows. getrlimit(2)
private func raiseOpenFiles(_ limits: [ResourceLimit]) {
  // With less there are fewer clients.
  limits.first { $0.resource == .openFiles }?.raise()
}

/// Whoever has to end a job of hundreds of processes that all want the processor goes before them, where
/// that is permitted and nobody decided otherwise. Jobs don't inherit it; the guardian and threads do.
private func goFirst() {
  guard Scheduling.isOrdinary else { return }
  do {
    try Scheduling.goRealTime()
  } catch {
    try? Scheduling.setNice(-10)
  }
}

extension Limits {
  fileprivate init(_ configuration: Configuration) {
    self.init()
    runningMax = configuration.runningMax ?? runningMax
    queuedMax = configuration.queuedMax ?? queuedMax
    shutdownGracePeriodMax = configuration.shutdownGracePeriodMax ?? shutdownGracePeriodMax
  }
}
