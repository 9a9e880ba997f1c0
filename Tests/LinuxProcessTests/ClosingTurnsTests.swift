import SystemPackage
import Testing

@testable import LinuxSystem

@Suite("What it takes for ever to close keeps nothing else from being closed")
struct ClosingTurnsTests {
  /// Turns, of descriptors by their number.
  private final class Turns {
    private var turns: ClosingTurns

    init(threadsMax: Int, idleMax: Int) {
      turns = ClosingTurns(threadsMax: threadsMax, idleMax: idleMax)
    }

    func close(_ number: Int32) -> ClosingTurns.Reinforcement? {
      turns.close(FileDescriptor(rawValue: number))
    }
    func reinforce() -> ClosingTurns.Reinforcement? { turns.reinforce() }
    func failed() -> [Int32] { turns.reinforcementFailed().map(\.rawValue) }
    func arrived() -> ClosingTurns.Step { turns.arrived() }
    func next() -> ClosingTurns.Step { turns.next() }
  }

  private func closing(
    _ number: Int32, calling reinforcement: ClosingTurns.Reinforcement? = nil
  ) -> ClosingTurns.Step {
    .close(FileDescriptor(rawValue: number), calling: reinforcement)
  }

  @Test("A thread that takes one while others wait calls another for these first")
  func chain() {
    let turns = Turns(threadsMax: 3, idleMax: 1)
    #expect(turns.close(1) == .make)
    // One thread is on its way.
    for number: Int32 in 2...5 { #expect(turns.close(number) == nil) }
    // None of them comes back.
    #expect(turns.arrived() == closing(1, calling: .make))
    #expect(turns.arrived() == closing(2, calling: .make))
    #expect(turns.arrived() == closing(3))
    // There are as many as may be: the first that is done goes on.
    #expect(turns.close(6) == nil)
    for number: Int32 in 4...6 { #expect(turns.next() == closing(number)) }
    #expect(turns.next() == .sleep)
    #expect(turns.next() == .leave)
  }

  @Test("A thread stays for what comes, and is woken")
  func staying() {
    let turns = Turns(threadsMax: 3, idleMax: 1)
    #expect(turns.close(1) == .make)
    #expect(turns.arrived() == closing(1))
    #expect(turns.next() == .sleep)
    #expect(turns.reinforce() == nil)
    #expect(turns.close(2) == .wake)
    #expect(turns.close(3) == nil)
    #expect(turns.arrived() == closing(2, calling: .make))
    #expect(turns.next() == closing(3))
    #expect(turns.arrived() == .sleep)
    #expect(turns.next() == .leave)
  }

  @Test("Where there can't be another thread, one at work or the next that comes sees to it")
  func noThread() {
    let turns = Turns(threadsMax: 3, idleMax: 1)
    #expect(turns.close(1) == .make)
    #expect(turns.failed() == [1])
    #expect(turns.reinforce() == nil)

    #expect(turns.close(2) == .make)
    #expect(turns.arrived() == closing(2))
    #expect(turns.close(3) == .make)
    #expect(turns.failed() == [])
    #expect(turns.reinforce() == .make)
    #expect(turns.failed() == [])
    #expect(turns.next() == closing(3))
  }
}
