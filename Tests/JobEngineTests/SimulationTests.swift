import Glibc
import Synchronization
import Testing

/// Whole worlds of clients and jobs, made up from a seed.
///
/// `make simulate SEED=17 STEPS=500` replays one world; `WORLDS=1000` runs that many from `SEED` (or 1)
/// on. `STEPS` is the number of clients that come. With `SHRINK=0` what fails is only told.
@Suite("Whatever happens, in whatever order, all promises hold")
struct SimulationTests {
  static let steps = variable("STEPS") ?? 1_500
  static let seeds: [UInt64] = {
    let first = variable("SEED") ?? 1
    let count = variable("WORLDS") ?? (variable("SEED") == nil ? 100 : 1)
    return (first..<first + count).map { UInt64($0) }
  }()

  private static let isVerbose = variable("VERBOSE") != nil

  private static func variable(_ name: String) -> Int? {
    unsafe getenv(name).flatMap { unsafe Int(String(cString: $0)) }
  }

  @Test("In a made-up world", arguments: seeds)
  func world(seed: UInt64) {
    let script = Script(seed: seed, steps: Self.steps)
    let outcome = Simulation.run(script)
    if Self.isVerbose {
      print("seed \(seed): \(outcome.lives) jobs, \(outcome.steps) steps, \(outcome.digest.value)")
    }
    if let violation = outcome.violation { report(violation, script) }
    Self.count(outcome.lives)
  }

  /// Worlds that are over, and the jobs that lived in them.
  private static let over = Mutex((worlds: 0, lives: 0))

  private static func count(_ lives: Int) {
    let (worlds, lives) = over.withLock { over in
      over = (over.worlds + 1, over.lives + lives)
      return over
    }
    if worlds == seeds.count { print("simulation: \(lives) jobs lived in \(worlds) worlds") }
  }

  @Test("The same seed gives the same history")
  func determinism() {
    let script = Script(seed: Self.seeds[0], steps: 300)
    let first = Simulation.run(script)
    let second = Simulation.run(Script(seed: Self.seeds[0], steps: 300))
    #expect(first.digest == second.digest)
    #expect(first.steps == second.steps)
  }

  /// Where many worlds fail, it is for one reason as a rule: one of them is shrunk.
  private static let isShrunk = Mutex(variable("SHRINK") == 0)

  private func report(_ violation: Violation, _ script: Script) {
    let isFirst = Self.isShrunk.withLock { isShrunk in
      defer { isShrunk = true }
      return !isShrunk
    }
    guard isFirst else {
      Issue.record("\(violation.rule): \(violation.text), with SEED=\(script.seed)")
      return
    }
    let shrunk = script.shrunk(keeping: violation)
    let history = Simulation.run(shrunk, logging: true)
    let shown = history.violation ?? violation
    Issue.record(
      """
      \(violation.rule): \(violation.text)
      Replay with SEED=\(script.seed) STEPS=\(Self.steps). The shortest script found that shows it:
      \(shown.rule): \(shown.text)
      \(shrunk.acts.map(\.description).joined(separator: "\n"))
      and what happens in it:
      \(history.log.suffix(400).joined(separator: "\n"))
      """)
  }
}
