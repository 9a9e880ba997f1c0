import Testing

@testable import jobctl

@Suite("jobctl: spans of time")
struct JobctlTimeSpanTests {
  @Test(
    "What timeout and systemd understand",
    arguments: [
      ("0", 0), ("5", 5_000_000), ("0.5", 500_000), (".5", 500_000), ("5.", 5_000_000),
      ("500ms", 500_000), ("1.5ms", 1500), ("7us", 7), ("7µs", 7), ("1s", 1_000_000),
      ("2min", 120_000_000), ("2m", 120_000_000), ("1h", 3_600_000_000), ("1d", 86_400_000_000),
      ("1h 30min", 5_400_000_000), ("1min30s", 90_000_000), ("1min 30", 90_000_000),
      (" 5 s ", 5_000_000),
      ("2 weeks", 1_209_600_000_000), ("0.000001", 1), ("0.0000001", 0), ("000005", 5_000_000),
      ("0.1min", 6_000_000), ("9223372036854775807us", Int.max),
    ])
  func valid(_ text: String, _ microseconds: Int) {
    #expect(TimeSpan(argument: text)?.microseconds == microseconds)
  }

  @Test(
    "Anything else is refused",
    arguments: [
      "", " ", ".", "s", "-1", "+1", "1e3", "0x10", "five", "5 fortnights", "5S", "infinity", "nan",
      "1..5", "1 30", "1.5.5", "1,5", "٥", "9223372036854775808us", "9223372036854775807",
      "5 min 3 x",
      "99999999999999999999999",
    ])
  func invalid(_ text: String) {
    #expect(TimeSpan(argument: text) == nil)
  }
}
