import LinuxSystem
import Testing

@testable import jobctl

@Suite("jobctl run: what signals do")
struct JobctlInterruptionTests {
  private var interruption = Interruption()

  @Test("Ctrl-C asks, again kills, again leaves")
  mutating func interrupts() {
    #expect(interruption.received(.interrupt) == .cancel(.interrupt))
    #expect(interruption.received(.interrupt) == .kill(.interrupt))
    #expect(interruption.received(.interrupt) == .leave(.interrupt))
    #expect(interruption.first == .interrupt)
  }

  @Test("SIGTERM and SIGHUP ask, however often they come", arguments: [Signal.terminate, .hangup])
  mutating func repeated(_ signal: Signal) {
    #expect(interruption.received(signal) == .cancel(signal))
    #expect(interruption.received(signal) == .nothing)
    #expect(interruption.received(signal) == .nothing)
  }

  @Test("A terminal that goes while a person is impatient doesn't count as a key")
  mutating func mixed() {
    #expect(interruption.received(.hangup) == .cancel(.hangup))
    #expect(interruption.received(.interrupt) == .cancel(.interrupt))
    #expect(interruption.received(.terminate) == .cancel(.terminate))
    #expect(interruption.received(.quit) == .kill(.quit))
    #expect(interruption.first == .hangup)
  }
}
