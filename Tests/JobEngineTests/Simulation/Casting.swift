import JobEngine
import JobProtocol

/// Makes up what a client does, and what its jobs are.
struct Casting {
  var random: SplitMix64
  /// Chance in percent of each thing that rarely happens.
  let faults: Int

  mutating func acts(of client: Int, from start: Int) -> [Act] {
    var acts: [Act] = []
    var now = start
    func act(_ deed: Deed) { acts.append(Act(at: now, client: client, deed: deed)) }

    switch random.below(100) {
    case ..<3:
      act(.lists(jobOf: nil, goesOn: random.percent(70)))
    case ..<5:
      act(.lists(jobOf: neighbor(of: client), goesOn: random.percent(70)))
    case ..<15:
      act(
        .cancels(
          jobOf: neighbor(of: client),
          signal: random.percent(30) ? random.pick([.signal(2), .signal(2), .noSignal]) : nil,
          gracePeriod: random.percent(50) ? random.pick([0, 0, 1_000, .seconds(2)]) : nil))
    default:
      if random.percent(3) { act(.halfCloses) }
      act(.runs(program()))
      if random.percent(10) {
        now += random.period(upTo: .seconds(4))
        act(.runs(program()))
      }
    }
    if random.percent(5) {
      now += random.period(upTo: .seconds(1))
      act(.stopsReading)
      now += random.period(upTo: .seconds(30))
      if random.percent(20) { return acts }
      if random.percent(60) { act(.readsAgain) }
    }
    guard random.percent(60) else {
      // It waits for the end, but not for ever.
      now += .seconds(20)
      act(.closes)
      return acts
    }
    // Before the daemon has read the call, while it spawns, while the job runs, after its end.
    now += random.percent(20) ? 0 : random.period(upTo: .seconds(8))
    if random.percent(40) {
      act(.halfCloses)
      now += random.period(upTo: .seconds(8))
    }
    act(.closes)
    if random.percent(faults) { act(.closes) }
    return acts
  }

  /// Somebody who came a little earlier, or comes a little later.
  private mutating func neighbor(of client: Int) -> Int {
    max(1, client + 2 - random.period(upTo: 64))
  }

  // MARK: jobs

  mutating func program() -> Program {
    let stop = StopPlan(
      signal: random.percent(90) ? 15 : nil, scope: random.percent(70) ? .tree : .main,
      closesInput: random.percent(10),
      gracePeriod: random.pick([0, 1_000, 50_000, .seconds(1), .seconds(5), .seconds(40)]))
    return Program(
      request: RunRequest(
        context: JobContext(command: command()), stop: stop,
        waitsFor: random.percent(70) ? .main : .tree),
      birth: birth(),
      main: behavior(),
      exit: exit(),
      oomKills: random.percent(20) ? 1 : 0,
      children: random.percent(35) ? (0...random.below(3)).map { _ in child() } : [],
      missedByKill: random.percent(faults) ? 1 + random.below(3) : 0,
      leafBusyFor: random.percent(faults)
        ? random.pick([5_000, 200_000, .seconds(3), nil]) : 0,
      drainsFor: random.percent(10) ? random.period(upTo: .seconds(3)) : 0,
      lateness: random.percent(faults) ? 30 : 0,
      threadLatency: random.percent(faults)
        ? random.pick([50_000, .seconds(1), .seconds(13)]) : 200,
      spuriousChanges: random.percent(faults) ? 3 : 0,
      failedLooks: random.percent(faults) ? 1 + random.below(3) : 0,
      failedKills: random.percent(faults) ? 1 + random.below(3) : 0,
      isDeaf: random.percent(faults),
      isOpaque: random.percent(faults))
  }

  private mutating func command() -> [OSString] {
    random.percent(90) ? ["make"] : ["make"] + Array(repeating: "target", count: random.below(40))
  }

  private mutating func birth() -> Program.Birth {
    let isLate = random.percent(faults)
    return Program.Birth(
      clonedAfter: isLate && random.percent(50)
        ? random.period(upTo: .seconds(30)) : random.below(300),
      execAfter: isLate
        ? random.pick([.seconds(1), .seconds(9), .seconds(25), nil]) : 100 + random.below(900),
      failure: random.percent(5) ? failure() : nil)
  }

  private mutating func failure() -> StartFailure {
    let (step, number) = random.pick(StartFailure.possible)
    return .madeUp(step, number)
  }

  private mutating func behavior() -> Program.Behavior {
    Program.Behavior(
      lives: random.percent(90) ? 500 + random.period(upTo: .seconds(6)) : nil,
      obeysAfter: random.percent(75) ? random.period(upTo: .seconds(2)) : nil,
      diesAfter: random.percent(faults)
        ? random.pick([50_000, .seconds(4), .seconds(11), nil]) : random.below(400))
  }

  private mutating func child() -> (forkedAfter: Int, Program.Behavior) {
    (random.period(upTo: .seconds(2)), behavior())
  }

  private mutating func exit() -> MainExit {
    switch random.below(10) {
    case 0: .signaled(9, "SIGKILL")
    case 1: .signaled(11, "SIGSEGV")
    case let code: .exited(code < 7 ? 0 : code)
    }
  }
}
