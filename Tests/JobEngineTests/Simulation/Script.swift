import JobEngine
import JobProtocol

/// The deeds of one world, and the limits of its daemon: all from one seed.
struct Script {
  let seed: UInt64
  var limits = Limits()
  var acts: [Act] = []

  /// - Parameter steps: Clients that come, most of which run a job.
  init(seed: UInt64, steps: Int) {
    self.seed = seed
    var random = SplitMix64(seed)
    limits.runningMax = random.pick([1, 2, 8, 64, 4_096])
    limits.queuedMax = random.pick([0, 4, 64, 16_384, 16_384])
    limits.finishedKept = random.pick([0, 1, 16, 128])
    limits.observerBacklogMax = random.pick([1, 8, 1_024])
    limits.describedBytes = random.pick([16, 4_096])
    limits.listPieceBytes = random.pick([1, 4_000, 128 << 10])
    limits.listReplyBytes = random.pick([20_000, 2 << 20])
    limits.leftoversMax = random.percent(10) ? 2 : 4_096
    // As many jobs at one time as there are slots, about; sometimes far more.
    let crowd = min(limits.runningMax, 512) * random.pick([1, 1, 4])
    let interval = max(1, .seconds(2) / crowd)
    let faults = random.pick([0, 2, 10, 40])

    var now = 1_000
    for client in 1...max(steps, 1) {
      now += random.below(2 * interval)
      var casting = Casting(random: SplitMix64(seed, for: client), faults: faults)
      acts += casting.acts(of: client, from: now)
    }
    for _ in 0..<random.below(1 + faults / 2) {
      let shared = sharedFault(&random)
      acts.append(Act(at: random.below(now), client: 0, deed: shared))
    }
    let end = random.percent(50) ? now : now + .seconds(60)
    acts.append(Act(at: end, client: 0, deed: .shutsDown(hurry: false)))
    if random.percent(30) {
      let hurry = end + random.period(upTo: .seconds(40))
      acts.append(Act(at: hurry, client: 0, deed: .shutsDown(hurry: true)))
    }
    sort()
  }

  /// What befalls all jobs at one time.
  private func sharedFault(_ random: inout SplitMix64) -> Deed {
    switch random.below(3) {
    case 0: .shortens(.descriptors, period: random.period(upTo: .seconds(15)))
    case 1: .shortens(.disk, period: random.period(upTo: .seconds(15)))
    default: .stopsDaemon(period: random.period(upTo: .seconds(30)))
    }
  }

  /// By their moments; what happens at the same moment stays in its order.
  private mutating func sort() {
    let order = acts.indices.sorted { (acts[$0].at, $0) < (acts[$1].at, $1) }
    acts = order.map { acts[$0] }
  }
}
