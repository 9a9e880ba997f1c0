import JobProtocol

@testable import JobEngine

// What must hold when the service ends, and after.

extension Referee {
  /// Longest shutdown: grace, twice the bound for what can't be killed (a process may be born in
  /// the last moment of the first), clients that don't read, leaves that aren't removed, and what
  /// the daemon may be late with each.
  private var shutdownMax: Int {
    limits.shutdownGracePeriodMax + 2 * limits.stuckAfter + limits.flushPeriod
      + limits.shutdownRemovalPeriod + .seconds(2) + world.hardships
  }

  func ends() {
    exits += 1
    require(exits == 1, "the end", "comes twice")
    require(unfinished == 0, "the end", "comes before that of \(unfinished) jobs")
    guard let shutDownAt else { return fail("the end", "comes though nobody asked for it") }
    require(now - shutDownAt <= shutdownMax, "the end", "takes \(now - shutDownAt) µs")
    let removalEnds = max(shutDownAt, allOverAt) + limits.shutdownRemovalPeriod
    require(leftovers == 0 || now >= removalEnds, "leaves", "\(leftovers) are given up too early")
    for job in jobs where job.isForgotten && job.leaf == .busy {
      let tree = world.tree(job.id)
      let isLeftBehind =
        tree.removable(at: now).map { max($0, world.ableSince) < now - Self.promptness } ?? false
      require(!isLeftBehind, "leaves", "that of job \(job.id) could be removed and is left behind")
    }
    for client in clients.values where client.line != .closed {
      switch client.call {
      case .run, .cancel: fail("one final reply", "to client \(client.id.rawValue)")
      case .none, .list: break
      }
    }
  }

  /// Every end was told to every observer that reads.
  func observersAreComplete() {
    for id in observers {
      let observer = client(id)
      guard case .list(let only, _) = observer.call else { continue }
      require(observer.unlisted == nil, "complete lists", "client \(id.rawValue) never had all")
      for job in finished[observer.finishedBefore...] where only == nil || only == job {
        require(
          !maySee(id, jobs[job.rawValue - 1].uid) || observer.toldFinished.contains(job),
          "observers", "client \(id.rawValue) never heard of the end of job \(job)")
      }
    }
  }

  /// All clients are gone, too: nothing is left in the engine.
  func isOver(_ engine: JobEngine) {
    inspect(engine)
    require(engine.live.isEmpty, "no leak", "\(engine.live.count) jobs")
    require(engine.queue.count == 0, "no leak", "\(engine.queue.count) queued")
    require(engine.jobOfClient.isEmpty, "no leak", "\(engine.jobOfClient.count) clients")
    require(engine.observers.isEmpty, "no leak", "observers")
    require(engine.leftovers.count == leftovers, "no leak", "\(engine.leftovers.count) leaves")
    var engine = engine
    require(engine.nextDeadline() == nil, "no leak", "a deadline")
    require(engine.nextAction() == nil, "no leak", "an action")
  }
}
