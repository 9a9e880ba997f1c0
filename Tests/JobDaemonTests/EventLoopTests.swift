import LinuxSystem
import Testing

@testable import JobDaemon

@MainActor
@Suite("The loop lets go of things in time", .serialized)
struct EventLoopTests {
  @Test("A source has ended as soon as its own handler drops the last reference to it")
  func handlerDropsItsSource() throws {
    let loop = try EventLoop()
    let counter = try EventCounter.make(takesOne: false)
    var source: IOSource?
    weak var observed: IOSource?
    var hasEnded = false
    source = try IOSource(loop, counter.raw, .input) { _ in
      source = nil
      // Here its owner would close the descriptor.
      hasEnded = observed == nil
      loop.exit(0)
    }
    observed = source
    EventCounter.add(counter.raw)
    _ = try loop.run()
    #expect(hasEnded)
  }

  @Test("Who ends the loop says what it ends with", arguments: [0, 7])
  func exitCode(_ code: Int32) throws {
    let loop = try EventLoop()
    let timer = try TimerSource(loop) { loop.exit(code) }
    timer.arm(at: 0)
    #expect(try loop.run() == code)
  }

  /// Says when it is freed.
  @MainActor private final class Witness {
    private let freed: () -> Void

    init(freed: @escaping () -> Void) {
      self.freed = freed
    }

    isolated deinit {
      freed()
    }
  }

  @Test("What a completion refers to is freed once it was called, and on the loop")
  func completionsAreFreedOnTheLoop() throws {
    let loop = try EventLoop()
    let offload = try Offload(loop)
    // Whether thread or loop lets go last is up to chance.
    let times = 2_000
    var freed = 0

    func again(_ left: Int) {
      guard left > 0 else { return loop.exit(0) }
      let witness = Witness { freed += 1 }
      offload.run {
      } then: {
        withExtendedLifetime(witness) { again(left - 1) }
      }
    }

    again(times)
    _ = try loop.run()
    #expect(freed == times)
  }
}
