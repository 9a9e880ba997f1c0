import JobEngine
import JobProtocol
import LinuxProcess
import LinuxSystem
import Logging
import SystemPackage

// Hearing of processes, asking, killing, looking.

extension Supervisor {
  /// A job's first process was made, or wasn't.
  func spawned(
    _ job: JobResources, _ tree: any JobTree, _ result: Swift.Result<Int32, SpawnFailure>,
    at moment: Timestamp
  ) {
    switch result {
    case .failure(let failure) where failure.step == .killed:
      event { $0.spawnKilled(job.id, StartFailure(failure), at: moment) }
    case .failure(let failure):
      event { $0.spawnFailed(job.id, StartFailure(failure), at: moment) }
    case .success where jobs[job.id] !== job:
      // It has been told as over. Nobody waits for it any more, or would kill it.
      log.error("a job was started after its end; killing it", metadata: ["job": "\(job.id)"])
      offload.run {
        let error = Self.kill(tree)
        _ = tree.remove()
        return error
      } then: { [unowned self] in
        killTried(job.id, $0)
      }
    case .success(let pid):
      job.mainPid = pid
      mainProcesses[pid] = job.id
      do {
        job.newsSource = try IOSource(
          loop, tree.newsDescriptor, .input, priority: .exits
        ) { [unowned self] _ in
          hear(of: job)
          // Readable from now on, whether or not it could be reaped.
          if tree.mainIsChild { job.newsSource = nil }
        }
      } catch {
        // SIGCHLD tells it, too.
        log.error("watching a process failed: \(error)", metadata: ["job": "\(job.id)"])
      }
      event {
        $0.spawned(job.id, pid: Int(pid), controlGroup: tree.controlGroup, at: moment)
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
    hear(of: job)
    return mainProcesses[pid] == nil
  }

  /// Tells the engine what has become of a job's processes.
  private func hear(of job: JobResources) {
    guard let tree = job.tree else { return }
    do {
      while let news = try tree.news() {
        if !tree.hasNewsToCome { job.newsSource = nil }
        switch news {
        case .mainExited(let exit):
          mainProcesses[exit.pid] = nil
          let exit = MainExit(exit, own: &ownUsage)
          event { $0.mainExited(job.id, exit, at: Moment.now) }
        case .emptied:
          event { $0.treeChanged(job.id, at: Moment.now) }
        case .lost:
          lost(job, tree)
        }
      }
    } catch {
      preconditionFailure("a job's processes can't be heard of: \(error)")
    }
  }

  /// Nothing holds the job's processes any more: they end now, as far as they can be found.
  private func lost(_ job: JobResources, _ tree: any JobTree) {
    log.error("the warden of a job was killed; killing the job", metadata: ["job": "\(job.id)"])
    killAll(of: tree, job.id) { [unowned self] in
      event { $0.treeChanged(job.id, at: Moment.now) }
    }
  }

  func ask(_ id: JobID, _ plan: StopPlan) {
    guard let job = jobs[id], let tree = job.tree else { return }
    if plan.closesInput { job.keepalive = nil }
    let signal = plan.signal.map(Signal.init(rawValue:))
    let onlyMain = plan.scope == .main
    if tree.isSmall() {
      tree.ask(signal, main: onlyMain)
      rehearsal?.want(for: id)
      return
    }
    offload.run {
      tree.ask(signal, main: onlyMain)
    } then: { _ in
    }
  }

  func kill(_ id: JobID) {
    guard let job = jobs[id], let tree = job.tree, !abandonStart(of: job) else { return }
    // Most jobs have no other process left: it dies while the rest is looked for.
    tree.killMain()
    // Should the kernel hold one up, no more than that one waits on a thread.
    if job.isBeingKilled { return job.isToBeKilledAgain = true }
    if tree.isSmall() {
      killTried(id, Self.kill(tree))
      rehearsal?.want(for: id)
      return event { $0.killed(id, at: Moment.now) }
    }
    job.isBeingKilled = true
    killAll(of: tree, id) { [unowned self] in
      job.isBeingKilled = false
      if job.isToBeKilledAgain {
        job.isToBeKilledAgain = false
        kill(id)
      }
      event { $0.killed(id, at: Moment.now) }
    }
  }

  private func killAll(of tree: any JobTree, _ id: JobID, then done: @escaping () -> Void) {
    offload.run {
      Self.kill(tree)
    } then: { [unowned self] error in
      killTried(id, error)
      done()
    }
  }

  /// - Returns: What was in the way.
  nonisolated private static func kill(_ tree: any JobTree) -> SystemError? {
    do throws(SystemError) {
      try tree.kill()
      return nil
    } catch {
      return error
    }
  }

  private func killTried(_ id: JobID, _ error: SystemError?) {
    if let error { log.error("killing a job failed: \(error)", metadata: ["job": "\(id)"]) }
  }

  func inspect(_ id: JobID) {
    guard let tree = jobs[id]?.tree else { return }
    do {
      let populated = try tree.isPopulated()
      event { $0.inspected(id, populated: populated, at: Moment.now) }
    } catch {
      log.error("looking at a job's tree failed: \(error)", metadata: ["job": "\(id)"])
      event { $0.lookFailed(id, at: Moment.now) }
    }
  }

  func watch(_ id: JobID) {
    guard let job = jobs[id], let tree = job.tree, job.treeWatch == nil else { return }
    do {
      // Where there is none, the news tell it.
      guard let events = try tree.openEvents() else { return }
      job.treeWatch = try TreeWatch(loop, events) { [unowned self] in
        event { $0.treeChanged(id, at: Moment.now) }
      } lost: { [unowned self] in
        jobs[id]?.treeWatch = nil
        // A look tells what has become of it; who waits for the tree watches it anew.
        event { $0.treeChanged(id, at: Moment.now) }
        event { $0.lookFailed(id, at: Moment.now) }
      }
    } catch {
      log.error("watching a job's tree failed: \(error)", metadata: ["job": "\(id)"])
      event { $0.lookFailed(id, at: Moment.now) }
    }
  }

  func findSurvivors(_ id: JobID) {
    guard let job = jobs[id], let tree = job.tree, !job.isSearched else { return }
    job.isSearched = true
    offload.run {
      tree.processes(limit: Supervisor.survivorsToldMax)
    } then: { [unowned self] processes in
      job.isSearched = false
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
