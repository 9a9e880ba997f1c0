import JobProtocol

@testable import JobEngine

/// One world from its first client to the exit of its daemon.
final class Simulation {
  let script: Script
  private var engine: JobEngine
  private let world = World()
  private let referee: Referee
  /// Of all actions and their moments: the same for the same seed.
  private var digest = Digest()
  private var steps = 0
  /// What happened, for people, if anybody wants to read it.
  private var log: [String]?

  private static let transitions = Transitions(witness: "simulation")

  /// How late the daemon may look at its clock: it was stopped, or the machine is loaded.
  static let timerLatenessMax = Int.milliseconds(200)

  struct Outcome {
    let violation: Violation?
    let lives: Int
    let steps: Int
    let digest: Digest
    let log: [String]
  }

  static func run(_ script: Script, logging: Bool = false) -> Outcome {
    let simulation = Simulation(script)
    if logging { simulation.log = [] }
    return simulation.run()
  }

  private init(_ script: Script) {
    self.script = script
    engine = JobEngine(limits: script.limits, serviceUID: Scenario.serviceUID)
    referee = Referee(script.limits, world)
    for (index, act) in script.acts.enumerated() { world.agenda.add(.act(index), at: act.at) }
  }

  private func run() -> Outcome {
    while referee.violation == nil, referee.exits == 0, advance() {
      steps += 1
      if steps > 500 * script.acts.count + 20_000 { referee.fail("termination", "no end comes") }
      if steps % 1_024 == 0 { referee.inspect(engine) }
    }
    if referee.violation == nil { end() }
    return Outcome(
      violation: referee.violation, lives: referee.jobs.count, steps: steps, digest: digest,
      log: log ?? [])
  }

  /// - Returns: Whether anything was left to happen.
  private func advance() -> Bool {
    let deadline =
      engine.nextDeadline().map { max($0 + timerLateness($0), world.stoppedUntil) } ?? .max
    if let soonest = world.agenda.soonest, soonest < deadline {
      world.now = max(world.now, soonest)
      happen(world.agenda.removeSoonest())
      return true
    }
    guard deadline < .max else {
      referee.fail("termination", "nothing happens any more, and the service hasn't ended")
      return false
    }
    world.now = max(world.now, deadline)
    deliver(.deadlinePassed)
    if let next = engine.nextDeadline(), next <= world.now {
      referee.fail("no spin", "the deadline \(next) has passed, and is still the next")
    }
    return true
  }

  private func timerLateness(_ deadline: Int) -> Int {
    var random = SplitMix64(script.seed, for: deadline)
    return random.percent(2) ? random.below(Self.timerLatenessMax) : 0
  }

  private func happen(_ happening: World.Happening) {
    if world.isPutOff(happening) { return }
    switch happening {
    case .act(let index): perform(script.acts[index])
    case .event(let event): deliver(event)
    case .late(let action): if let event = world.answer(action) { deliver(event) }
    case .clones(let id): world.clones(world.tree(id))
    case .executes(let id): world.executes(world.tree(id))
    case .forks(let id, let child):
      world.tree(id).forks(world.tree(id).program.children[child].1, at: world.now)
      world.expectDeaths(world.tree(id))
    case .isAsked(let id, let plan):
      world.tree(id).isAsked(plan, at: world.now)
      world.expectDeaths(world.tree(id))
    case .isKilled(let id): world.isKilled(world.tree(id))
    case .dies(let id): world.dies(world.tree(id))
    case .audit(let id): referee.audit(id)
    }
  }

  /// The daemon has ended; what it held must be gone.
  private func end() {
    for client in referee.openClients {
      var heard: Int
      repeat {
        heard = referee.listReplies
        deliver(.observerReady(client))
      } while referee.listReplies > heard
    }
    referee.observersAreComplete()
    for client in referee.openClients { deliver(.lineEnded(client, .closed)) }
    referee.isOver(engine)
  }
}

// MARK: - Telling the engine

extension Simulation {
  private var time: Timestamp {
    // The wall clock jumps, an hour at a time: nothing may depend on it.
    Timestamp(realtime: world.now + .seconds(3_600) * (world.now >> 22 & 1), monotonic: world.now)
  }

  private func deliver(_ event: Event) {
    note("\(event)")
    referee.happens(event)
    event.isMet(by: engine, at: time, Self.transitions)
    event.tell(&engine, at: time)
    carryOut()
    referee.stepIsOver(engine.counts)
  }

  /// What the engine wants done is done, and what is answered at once, is.
  private func carryOut() {
    while let action = engine.nextAction() {
      note("    \(action.summary)")
      digest.add(action, at: world.now)
      referee.sees(action)
      guard let answer = world.carryOut(action) else { continue }
      note("  \(answer)")
      referee.happens(answer)
      answer.isMet(by: engine, at: time, Self.transitions)
      answer.tell(&engine, at: time)
    }
  }

  private func note(_ text: @autoclosure () -> String) {
    log?.append("\(world.now) µs: \(text())")
  }
}

// MARK: - Clients

extension Simulation {
  private func perform(_ act: Act) {
    let client = ClientID(rawValue: act.client)
    switch act.deed {
    case .runs(let program):
      call(act) { $0.run(program, by: client) }
    case .cancels(let other, let signal, let gracePeriod):
      call(act) {
        $0.cancel($0.referee.job(of: other), signal: signal, gracePeriod, by: client)
      }
    case .lists(let other, let goesOn):
      call(act) { $0.list(other.map($0.referee.job(of:)), goesOn: goesOn, by: client) }
    case .halfCloses: if referee.isOpen(client) { deliver(.lineEnded(client, .halfClosed)) }
    case .closes: deliver(.lineEnded(client, .closed))
    case .stopsReading: world.stopsReading(act.client)
    case .readsAgain: world.readsAgain(act.client, job: referee.runs(client))
    case .shortens(let what, let period):
      note("\(what) become short for \(period) µs")
      world.shortens(what, for: period)
    case .stopsDaemon(let period):
      note("the daemon is stopped for \(period) µs")
      world.stopsDaemon(for: period)
    case .shutsDown(let hurry):
      note("shutdown requested\(hurry ? " again" : "")")
      referee.shutsDown(hurry: hurry)
      Self.transitions.meetsAll(hurry ? "second shutdown" : "shutdown", engine)
      engine.shutdownRequested(hurry: hurry, at: time)
      carryOut()
      referee.stepIsOver(engine.counts)
    }
  }

  /// A connection that is busy isn't read from, one that is closed can't be. What was sent before it
  /// was half-closed is still read.
  private func call(_ act: Act, _ make: (Simulation) -> Void) {
    guard referee.isIdle(ClientID(rawValue: act.client)) else { return }
    note("client \(act.client) \(act.deed)")
    make(self)
    carryOut()
    referee.stepIsOver(engine.counts)
  }

  private func run(_ program: Program, by client: ClientID) {
    let refusal = referee.refusalOfRun
    do throws(JobdError) {
      let id = try engine.runRequested(
        program.request, by: client, referee.peer(client), holdsLine: referee.isOpen(client),
        at: time)
      referee.expect(nil, refusal, "Run")
      let random = SplitMix64(script.seed &+ 1, for: client.rawValue)
      world.add(ProcessTree(id, of: client.rawValue, program, random))
      referee.runs(id, program, by: client)
    } catch { referee.expect(error, refusal, "Run") }
  }

  private func cancel(
    _ id: JobID, signal: SignalOverride?, _ gracePeriod: Int?, by client: ClientID
  ) {
    let refusal = referee.refusal(of: id, client)
    referee.cancels(id, signal: signal, gracePeriod: gracePeriod, by: client, refusal)
    Self.transitions.meets("Cancel", id, engine)
    do throws(JobdError) {
      try engine.cancelRequested(
        id, signal: signal, gracePeriod: gracePeriod, reason: nil,
        by: client, referee.peer(client), at: time)
      referee.expect(nil, refusal, "Cancel")
    } catch { referee.expect(error, refusal, "Cancel") }
  }

  private func list(_ id: JobID?, goesOn: Bool, by client: ClientID) {
    let refusal = id.flatMap { referee.refusal(of: $0, client) }
    referee.lists(id, goesOn: goesOn, by: client, refusal)
    if let id { Self.transitions.meets("List", id, engine) }
    do throws(JobdError) {
      try engine.listRequested(
        only: id, finished: true, goesOn: goesOn, by: client, referee.peer(client))
      referee.expect(nil, refusal, "List")
    } catch .expectedMore {
      referee.isTooLong(client)
    } catch { referee.expect(error, refusal, "List") }
  }
}
