import LinuxSystem
import Testing

@testable import JobDaemon

@Suite("Work on threads is done in turns")
struct WorkTurnsTests {
  /// Turns, of work by its number.
  private final class Turns {
    private var turns: WorkTurns

    init(atOnce: Int, threadsMax: Int = 64) {
      turns = WorkTurns(atOnce: atOnce, threadsMax: threadsMax)
    }

    var isCrowded: Bool { turns.isCrowded }
    var waits: Bool { turns.waitsForTurn }
    var isHeldUp: Bool { turns.isHeldUp }

    private func work(_ number: Int) -> Work { Work(number: number) {} }

    func submit(_ number: Int) -> WorkTurns.Reinforcement? { turns.submit(work(number)) }
    func failed() -> [Int] { turns.reinforcementFailed().map(\.number) }
    func awoken() -> Int? { turns.awoken()?.number }
    func next(after number: Int) -> Int? { turns.next(after: work(number))?.number }
    func finish(_ number: Int) -> Bool { turns.finish(work(number)) }
    func takeFinished() -> [Int] { turns.takeFinished() }
    func age() { turns.age() }

    /// Some work is done.
    ///
    /// - Returns: What the same thread does next.
    func done(_ number: Int) -> Int? {
      _ = finish(number)
      return next(after: number)
    }

    /// Brings threads as long as there is something to do.
    func begin() -> [Int] {
      var begun: [Int] = []
      while turns.reinforce() != nil { begun += awoken().map { [$0] } ?? [] }
      return begun
    }
  }

  @Test("No more is done at one time than may be, in order, by threads that go on")
  func turns() {
    let turns = Turns(atOnce: 2)
    #expect(turns.submit(1) == .make)
    #expect(turns.submit(2) == .make)
    #expect(turns.submit(3) == nil)
    #expect(turns.submit(4) == nil)
    #expect(turns.isCrowded)

    #expect(turns.awoken() == 1)
    #expect(turns.awoken() == 2)
    #expect(turns.next(after: 2) == 3)
    #expect(turns.next(after: 1) == 4)
    #expect(!turns.waits)
    #expect(turns.next(after: 3) == nil)
    #expect(turns.next(after: 4) == nil)

    // Both sleep.
    #expect(turns.submit(5) == .wake)
    #expect(turns.submit(6) == .wake)
    #expect(turns.submit(7) == nil)
  }

  @Test("A thread that was called has its turn, whoever else is done before it comes")
  func called() {
    let turns = Turns(atOnce: 2)
    #expect(turns.submit(1) == .make)
    #expect(turns.awoken() == 1)
    #expect(turns.submit(2) == .make)
    #expect(turns.submit(3) == nil)
    // The first takes what the second was called for, which finds what came after.
    #expect(turns.next(after: 1) == 2)
    #expect(turns.awoken() == 3)
    #expect(turns.next(after: 2) == nil)
    #expect(turns.next(after: 3) == nil)

    #expect(turns.submit(4) == .wake)
    #expect(turns.awoken() == 4)
    #expect(turns.submit(5) == .wake)
    #expect(turns.next(after: 4) == 5)
    #expect(turns.awoken() == nil)
    #expect(turns.next(after: 5) == nil)
    #expect(turns.submit(6) == .wake)
    #expect(turns.submit(7) == .wake)
  }

  @Test("What is seen twice takes long and isn't waited for, and counts no more once done")
  func long() {
    let turns = Turns(atOnce: 2)
    #expect(turns.submit(1) == .make)
    #expect(turns.submit(2) == .make)
    #expect(turns.awoken() == 1)
    #expect(turns.awoken() == 2)
    // The first is held up, the others get done.
    #expect(turns.submit(3) == nil)
    #expect(turns.done(2) == 3)
    turns.age()
    #expect(turns.submit(4) == nil)
    #expect(turns.isCrowded)
    #expect(turns.done(3) == 4)
    turns.age()
    #expect(turns.submit(5) == .make)
    #expect(turns.awoken() == 5)
    #expect(turns.submit(6) == nil)

    #expect(turns.done(1) == nil)
    #expect(turns.done(4) == 6)
    #expect(turns.submit(7) == nil)
  }

  @Test("While nothing gets done, twice as much is begun at each look")
  func heldUp() {
    let turns = Turns(atOnce: 1)
    #expect(turns.submit(1) == .make)
    for number in 2...20 { #expect(turns.submit(number) == nil) }
    #expect(turns.awoken() == 1)
    for (long, room) in [(0, 2), (1, 4), (2, 8)] {
      turns.age()
      let begun = turns.begin()
      #expect(begun.last == long + room)
    }
    #expect(turns.waits)

    // From then on one at a time is enough.
    #expect(turns.done(10) == 11)
    turns.age()
    #expect(turns.begin() == [])
  }

  @Test("When all threads are held up, the first that isn't any more does what waits")
  func all() {
    let turns = Turns(atOnce: 1, threadsMax: 2)
    #expect(turns.submit(1) == .make)
    #expect(turns.awoken() == 1)
    #expect(turns.submit(2) == nil)
    turns.age()
    #expect(turns.begin() == [2])
    #expect(turns.submit(3) == nil)
    #expect(!turns.isHeldUp)
    turns.age()
    turns.age()
    #expect(turns.begin() == [])
    #expect(turns.isHeldUp)
    #expect(turns.done(2) == 3)
  }

  @Test("Without a single thread, whoever submits does what waits")
  func none() {
    let turns = Turns(atOnce: 2)
    #expect(turns.submit(1) == .make)
    #expect(turns.failed() == [1])
    #expect(turns.submit(2) == .make)
    #expect(turns.awoken() == 2)
    #expect(turns.submit(3) == .make)
    // There is one that will do it.
    #expect(turns.failed().isEmpty)
    #expect(turns.next(after: 2) == 3)
  }

  @Test("What is done is told once, and the loop woken once for it")
  func finished() {
    let turns = Turns(atOnce: 2)
    #expect(turns.finish(1))
    #expect(!turns.finish(2))
    #expect(turns.takeFinished() == [1, 2])
    #expect(turns.takeFinished().isEmpty)
    #expect(turns.finish(3))
  }

  @MainActor
  @Test("Work that is held up holds nothing else up", .serialized, arguments: [1, 2])
  func mount(atOnce: Int) throws {
    let loop = try EventLoop()
    let offload = try Offload(loop, atOnce: atOnce)
    let gate = try EventCounter.make(takesOne: true)
    var done: [Int] = []
    let descriptor = gate.raw
    for number in 0..<atOnce {
      offload.run {
        EventCounter.take(descriptor)
      } then: {
        done.append(number)
        if done.count == atOnce + 1 { loop.exit(0) }
      }
    }
    offload.run {
    } then: {
      done.append(atOnce)
      for _ in 0..<atOnce { EventCounter.add(descriptor) }
    }
    _ = try loop.run()
    #expect(done.first == atOnce)
    #expect(done.count == atOnce + 1)
  }
}
