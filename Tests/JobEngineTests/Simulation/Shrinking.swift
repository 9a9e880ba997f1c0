extension Script {
  /// The shortest part of the script found that still breaks the same promise.
  ///
  /// Zeller, Hildebrandt: Simplifying and Isolating Failure-Inducing Input, 2002: ever smaller
  /// pieces are left out, as long as there are any whose absence doesn't matter.
  func shrunk(keeping violation: Violation, stepsMax: Int = 20_000_000) -> Script {
    var shortest = self
    var steps = 0
    // What comes later can't matter, but for the end, without which none comes.
    shortest.acts.removeAll { $0.at > violation.at && !$0.deed.isShutdown }
    func breaks(_ script: Script) -> Bool {
      let outcome = Simulation.run(script)
      // A run costs, too, that ends at once.
      steps += outcome.steps + script.acts.count
      return outcome.violation?.rule == violation.rule
    }
    var size = max(1, shortest.acts.count / 2)
    while steps < stepsMax {
      var isShorter = false
      var start = 0
      while start < shortest.acts.count, steps < stepsMax {
        var candidate = shortest
        let end = min(start + size, candidate.acts.count)
        let kept = candidate.acts[start..<end].filter(\.deed.isShutdown)
        candidate.acts.replaceSubrange(start..<end, with: kept)
        if candidate.acts.count < shortest.acts.count, breaks(candidate) {
          shortest = candidate
          isShorter = true
          start += kept.count
        } else {
          start = end
        }
      }
      if size == 1, !isShorter { break }
      size = max(1, size / 2)
    }
    for index in shortest.acts.indices {
      for plain in Program.simplifications {
        guard case .runs(var program) = shortest.acts[index].deed else { continue }
        plain(&program)
        var candidate = shortest
        let act = shortest.acts[index]
        candidate.acts[index] = Act(at: act.at, client: act.client, deed: .runs(program))
        if breaks(candidate) { shortest = candidate }
      }
    }
    return shortest
  }
}

extension Program {
  /// Each takes something extraordinary away.
  fileprivate static let simplifications: [@Sendable (inout Program) -> Void] = [
    { $0.children = [] },
    { $0.children.removeLast($0.children.isEmpty ? 0 : 1) },
    { $0.birth = Birth(clonedAfter: 100, execAfter: 100, failure: nil) },
    { $0.birth.clonedAfter = 100 },
    { $0.missedByKill = 0 },
    { $0.leafBusyFor = 0 },
    { $0.drainsFor = 0 },
    { $0.lateness = 0 },
    { $0.threadLatency = 200 },
    { $0.spuriousChanges = 0 },
    { $0.failedLooks = 0 },
    { $0.failedKills = 0 },
    { $0.isDeaf = false },
    { $0.isOpaque = false },
    { $0.oomKills = 0 },
    { $0.exit = .exited(0) },
    { $0.main.diesAfter = 100 },
    { $0.main.obeysAfter = 100 },
  ]
}
