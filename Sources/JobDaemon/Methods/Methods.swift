import JobEngine
import JobProtocol
import LinuxProcess
import LinuxSystem
import Logging
import Varlink

/// The methods of `io.jobd`, as clients call them.
final class Methods {
  let service: Service
  let supervisor: Supervisor
  let log: Logger
  let defaults: JobDefaults
  /// Of the service's own process: it runs jobs as this user, and for nobody else but root.
  let uid: Int

  init(
    _ supervisor: Supervisor, _ defaults: JobDefaults, uid: Int, log: Logger
  ) throws(InterfaceSyntaxError) {
    self.supervisor = supervisor
    self.defaults = defaults
    self.uid = uid
    self.log = log
    self.service = Service(
      vendor: "jobd", product: "jobd", version: Version.current,
      // As the units' Documentation= has it. uri(7)
      url: "man:jobd(8)",
      interfaces: [try InterfaceDescription(parsing: JobdInterface.description)])
  }

  /// Carries out a call whose parameters fit the interface, or answers why not.
  func invoke(
    _ invocation: Service.Invocation, by client: Connection,
    passing descriptors: consuming PassedDescriptors
  ) {
    do throws(VarlinkError) {
      guard client.peer.uid == uid || client.peer.uid == 0 else { throw .permissionDenied }
      switch JobdInterface.Method(rawValue: "\(invocation.interface).\(invocation.method)") {
      case .run: try run(invocation, client, descriptors)
      case .list: try list(invocation, client)
      case .cancel: try cancel(invocation, client)
      case .describe: client.finish(describe().wire)
      case nil: throw .methodNotImplemented("\(invocation.interface).\(invocation.method)")
      }
    } catch {
      client.fail(error)
    }
  }

  private func list(
    _ invocation: Service.Invocation, _ client: Connection
  ) throws(VarlinkError) {
    let parameters: ListParameters = try read(invocation)
    try refusable { () throws(JobdError) in
      try supervisor.request { engine throws(JobdError) in
        try engine.listRequested(
          only: parameters.id.map(JobID.init(rawValue:)), finished: parameters.finished ?? true,
          goesOn: client.takesProgress, by: client.id, client.peer)
      }
    }
  }

  private func cancel(
    _ invocation: Service.Invocation, _ client: Connection
  ) throws(VarlinkError) {
    let parameters: CancelParameters = try read(invocation)
    try refusable { () throws(JobdError) in
      let signal = try parameters.signal.map { text throws(JobdError) in
        try defaults.signal(text, at: "signal").map(SignalOverride.signal) ?? .noSignal
      }
      let gracePeriod = try defaults.gracePeriod(parameters.gracePeriodUSec, at: "gracePeriodUSec")
      try supervisor.request { engine throws(JobdError) in
        try engine.cancelRequested(
          JobID(rawValue: parameters.id), signal: signal, gracePeriod: gracePeriod,
          reason: parameters.reason, by: client.id, client.peer, at: Moment.now)
      }
    }
  }

  private func describe() -> ServiceDescription {
    let counts = supervisor.engine.counts
    let limits = supervisor.engine.limits
    return ServiceDescription(
      version: Version.current, pid: Int(ProcessContext.processID),
      controlGroup: supervisor.place.path,
      queued: counts.queued, running: counts.running, removing: counts.removing,
      stuck: counts.stuck, runningMax: limits.runningMax, queuedMax: limits.queuedMax)
  }

  // MARK: what all have in common

  func read<Parameters: WireObject>(
    _ invocation: Service.Invocation
  ) throws(VarlinkError) -> Parameters {
    do {
      return try Parameters(invocation.parameters)
    } catch {
      throw VarlinkError(JobdError.badValue(error))
    }
  }

  func refusable<Result>(_ body: () throws(JobdError) -> Result) throws(VarlinkError) -> Result {
    do {
      return try body()
    } catch {
      throw VarlinkError(error)
    }
  }
}

extension VarlinkError {
  init(_ error: JobdError) {
    self.init(error.name, error.parameters)
  }
}
