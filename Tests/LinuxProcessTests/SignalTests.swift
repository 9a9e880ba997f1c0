import LinuxSystem
import Testing

@Suite("Signals by name")
struct SignalTests {
  @Test(
    "What people write for a signal is understood",
    arguments: [
      ("SIGTERM", 15), ("TERM", 15), ("term", 15), ("15", 15), ("SIGKILL", 9), ("USR1", 10),
      ("SIGRTMIN", 34), ("RTMIN+3", 37), ("SIGRTMAX-1", 63), ("64", 64),
    ] as [(String, Int32)])
  func understood(text: String, number: Int32) {
    #expect(Signal(parsing: text)?.rawValue == number)
  }

  @Test(
    "What is no signal is refused",
    arguments: [
      "", "0", "-1", "65", "32", "SIG", "SIGSIGTERM", "TERMINATE", "RTMIN-1", "RTMAX+1", "RTMIN+",
      "RTMIN3", "15 ", "99999999999999999999",
    ])
  func refused(text: String) {
    #expect(Signal(parsing: text) == nil)
  }

  @Test("Every name that is given is understood again")
  func roundTrip() {
    for number in 1...64 {
      guard let signal = Signal(number: number) else { continue }
      #expect(Signal(parsing: signal.name) == signal)
    }
  }
}
