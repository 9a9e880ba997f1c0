import JobEngine
import JobProtocol
import LinuxProcess
import LinuxSystem
import Logging

// What is left of a job, and what is said of it.

extension Supervisor {
  /// Makes the streams of a job that is to be started.
  func makeStreams(
    of job: JobResources, _ start: JobResources.Start
  ) throws(SystemError) -> JobStreams {
    var maker = StreamMaker(budget, null: null)
    let streams = try maker.make(start.streams)
    var ends = maker.takeEnds()
    job.keepalive = ends.keepalive.take()
    if let client = start.client { try capture(&ends, of: job, for: client) }
    return streams
  }

  /// Passes a job's output on to its client.
  private func capture(
    _ ends: inout JobStreamEnds, of job: JobResources, for client: Connection
  ) throws(SystemError) {
    let sink = OutputSink(
      hasRoom: { [weak client] in client?.hasRoom ?? true },
      deliver: { [weak client] in client?.progress(encoded: $0) },
      lost: { [log, id = job.id] in
        log.warning(
          "the pipe of a job's output is locked by somebody else; what is in it is lost",
          metadata: ["job": "\(id)"])
      },
      done: { [unowned self, weak job] in if let job { outputDone(job) } })
    if let reader = ends.output.take() {
      job.relays.append(try OutputRelay(loop, readers, reader, .standardOutput, to: sink))
    }
    if let reader = ends.error.take() {
      job.relays.append(try OutputRelay(loop, readers, reader, .standardError, to: sink))
    }
    if !job.relays.isEmpty {
      client.whenRoom = { [weak job] in job?.relays.forEach { $0.resume() } }
    }
  }

  func readUsage(_ id: JobID) {
    let usage = jobs[id]?.tree.map { Usage($0.usage()) } ?? Usage()
    event { $0.usageRead(id, usage, at: Moment.now) }
  }

  func rehearseEnd(of id: JobID) {
    guard let tree = jobs[id]?.tree,
      let job = engine.foreseenEnd(of: id, Usage(tree.usage()), at: Moment.now)
    else { return }
    _ = RunReply.finished(job).encoded(continues: false)
  }

  func drainOutput(_ id: JobID) {
    guard let job = jobs[id] else { return }
    job.isDraining = true
    // Of a job that was never started: what was passed for it.
    job.start = nil
    for relay in job.relays { relay.drain() }
    outputDone(job)
  }

  func dropOutput(_ id: JobID) {
    guard let job = jobs[id] else { return }
    for relay in job.relays { relay.drop() }
    event { $0.outputDrained(id, at: Moment.now) }
  }

  func discardOutput(_ id: JobID) {
    for relay in jobs[id]?.relays ?? [] { relay.discard() }
  }

  private func outputDone(_ job: JobResources) {
    guard job.isDraining, job.relays.allSatisfy(\.isDone) else { return }
    job.isDraining = false
    event { $0.outputDrained(job.id, at: Moment.now) }
  }

  func removeLeaf(_ id: JobID) {
    guard let tree = jobs[id]?.tree else {
      return event { $0.leafRemoved(id, at: Moment.now) }
    }
    // What is watched is closed first, for the kernel's sake and ours.
    jobs[id]?.treeWatch = nil
    if tree.removeQuickly() { return leafRemoved(id) }
    // A tree of cgroups may be large.
    offload.run {
      tree.remove()
    } then: { [unowned self] removal in
      switch removal {
      case .removed: leafRemoved(id)
      case .busy(let errno):
        log.info("a leaf can't be removed yet: \(errno)", metadata: ["job": "\(id)"])
        event { $0.leafBusy(id, at: Moment.now) }
      }
    }
  }

  private func leafRemoved(_ id: JobID) {
    jobs[id]?.newsSource = nil
    jobs[id]?.tree = nil
    event { $0.leafRemoved(id, at: Moment.now) }
    if jobs[id]?.isForgotten == true { jobs[id] = nil }
  }

  func forget(_ id: JobID, leafRemains: Bool) {
    guard let job = jobs[id] else { return }
    logFinished(id)
    job.isForgotten = true
    job.relays = []
    job.keepalive = nil
    job.start = nil
    job.treeWatch = nil
    if !leafRemains { jobs[id] = nil }
    resourcesFreed()
  }

  // MARK: replies

  func reply(to client: ClientID, _ reply: RunReply) {
    guard let connection = connection(client) else { return }
    if case .finished = reply {
      connection.whenRoom = nil
      connection.finish(encoded: reply.encoded(continues: false))
    } else if connection.takesProgress {
      connection.progress(encoded: reply.encoded(continues: true))
    }
  }

  func reply(to client: ClientID, _ reply: ListReply, continues: Bool) {
    guard let connection = connection(client) else { return }
    guard continues else {
      connection.whenWritten = nil
      return connection.finish(encoded: reply.encoded(continues: false))
    }
    connection.progress(encoded: reply.encoded(continues: true))
    if connection.isWritten {
      event { $0.observerReady(client) }
    } else {
      connection.whenWritten = { [unowned self, unowned connection] in
        connection.whenWritten = nil
        event { $0.observerReady(client) }
      }
    }
  }
}
