import JobEngine
import JobProtocol
import LinuxProcess
import LinuxSystem
import Logging
import SystemPackage

// Starting, asking, killing, looking.

extension Supervisor {
  func spawn(_ id: JobID) {
    guard let job = jobs[id], let start = job.start else {
      preconditionFailure("job \(id) is to be started, and there is nothing to start")
    }
    let leaf: SharedLeaf
    do {
      leaf = SharedLeaf(try JobLeaf.create(in: root, name: "\(leafPrefix)-\(id)"))
    } catch {
      job.start = nil
      return event { $0.spawnFailed(id, StartFailure(makingLeaf: error), at: Moment.now) }
    }
    job.leaf = leaf

    let streams = start.streams
    let (input, output, error) = (streams.input.raw, streams.output.raw, streams.error.raw)
    let (spawner, specification) = (spawner, start.specification)
    let number = orphans?.spawnBegan()
    offload.run {
      do throws(SpawnFailure) {
        let process = try spawner.spawn(
          specification, in: leaf.leaf, input: input, output: output, error: error)
        return Swift.Result<SharedProcess, SpawnFailure>.success(SharedProcess(process))
      } catch {
        return .failure(error)
      }
    } then: { [unowned self] result in
      // From now on only the job holds its streams: who reads them sees their end when it ends.
      job.start = nil
      spawned(job, result)
      if let number { orphans?.spawnReported(number) }
    }
  }

  private func spawned(_ job: JobResources, _ result: Swift.Result<SharedProcess, SpawnFailure>) {
    switch result {
    case .failure(let failure):
      event { $0.spawnFailed(job.id, StartFailure(failure), at: Moment.now) }
    case .success(let main):
      job.main = main
      mainProcesses[main.process.pid] = job.id
      do {
        job.mainSource = try IOSource(
          loop, main.process.pidfd.descriptor.raw, .input, priority: .exits
        ) { [unowned self] _ in
          reapMain(of: job)
        }
      } catch {
        // SIGCHLD tells it, too.
        log.error("watching a process failed: \(error)", metadata: ["job": "\(job.id)"])
      }
      let path = job.leaf?.leaf.path
      event {
        $0.spawned(job.id, pid: Int(main.process.pid), controlGroup: path, at: Moment.now)
      }
      logStarted(job)
      for relay in job.relays { relay.begin() }
    }
  }

  /// - Returns: It is a main process.
  func reapMain(_ pid: Int32) -> Bool {
    guard let id = mainProcesses[pid] else { return false }
    guard let job = jobs[id] else {
      mainProcesses[pid] = nil
      return false
    }
    reapMain(of: job)
    return mainProcesses[pid] == nil
  }

  private func reapMain(of job: JobResources) {
    guard let main = unreapedMain(of: job) else { return }
    do {
      guard let exit = try main.process.reap() else { return }
      job.mainSource = nil
      mainProcesses[main.process.pid] = nil
      event { $0.mainExited(job.id, MainExit(exit), at: Moment.now) }
    } catch {
      preconditionFailure("a main process can't be reaped: \(error)")
    }
  }

  private func unreapedMain(of job: JobResources) -> SharedProcess? {
    job.main.flatMap { mainProcesses[$0.process.pid] == job.id ? $0 : nil }
  }

  func ask(_ id: JobID, _ plan: StopPlan) {
    guard let job = jobs[id], let leaf = job.leaf else { return }
    if plan.closesInput { job.keepalive = nil }
    let signal = plan.signal.map(Signal.init(rawValue:))
    let main = job.main
    offload.run {
      switch (signal, plan.scope) {
      case (let signal?, .tree): leaf.leaf.signalTree(signal)
      case (let signal?, .main):
        try? main?.process.ask(signal)
        leaf.leaf.thaw()
      case (nil, _): leaf.leaf.thaw()
      }
    } then: { _ in
    }
  }

  func kill(_ id: JobID) {
    guard let job = jobs[id], let leaf = job.leaf else { return }
    let main = unreapedMain(of: job)
    offload.run {
      // Wherever it may have moved to.
      try? main?.process.pidfd.send(.kill)
      do throws(SystemError) {
        try leaf.leaf.kill()
        return nil as SystemError?
      } catch {
        return error
      }
    } then: { [unowned self] error in
      if let error { log.error("killing a job failed: \(error)", metadata: ["job": "\(id)"]) }
      event { $0.killed(id, at: Moment.now) }
    }
  }

  func inspect(_ id: JobID) {
    guard let job = jobs[id], let leaf = job.leaf else { return }
    var populated: Bool
    do {
      populated = try leaf.leaf.isPopulated()
    } catch {
      // ENODEV: somebody else removed it, which the kernel permits only for an empty one.
      populated =
        error.errno != .operationNotSupportedByDevice && error.errno != .noSuchFileOrDirectory
      log.error("looking at a job's tree failed: \(error)", metadata: ["job": "\(id)"])
    }
    event { $0.inspected(id, populated: populated, at: Moment.now) }
  }

  func watch(_ id: JobID) {
    guard let job = jobs[id], let leaf = job.leaf, job.treeWatch == nil else { return }
    do {
      job.treeWatch = try TreeWatch(loop, leaf.leaf) { [unowned self] in
        event { $0.treeChanged(id, at: Moment.now) }
      }
    } catch {
      log.error("watching a job's tree failed: \(error)", metadata: ["job": "\(id)"])
    }
  }

  func findSurvivors(_ id: JobID) {
    guard let leaf = jobs[id]?.leaf else { return }
    offload.run {
      leaf.leaf.processes(limit: Supervisor.survivorsToldMax)
    } then: { [unowned self] processes in
      let survivors = processes.map(Survivor.init)
      for survivor in survivors {
        log.error(
          "a process survives SIGKILL",
          metadata: [
            "job": "\(id)", "pid": "\(survivor.pid)", "command": "\(survivor.command)",
            "state": "\(survivor.state)", "waitChannel": "\(survivor.waitChannel ?? "")",
          ])
      }
      event { $0.survivorsFound(id, survivors, at: Moment.now) }
    }
  }

  /// Enough to see what is the matter.
  nonisolated private static let survivorsToldMax = 32
}
