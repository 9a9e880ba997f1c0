import Testing

@testable import LinuxProcess

@Suite("Files of keys and numbers")
struct FlatKeyedTests {
  private let file = FlatKeyed(
    Array("oom 1\noom_kill 23\nusage_usec 4 \npopulated\nfrozen x\n".utf8))

  @Test("The number behind a key is found, and no other's")
  func found() {
    #expect(file["oom_kill"] == 23 && file["oom"] == 1 && file["usage_usec"] == 4)
  }

  @Test("What has no number has none")
  func missing() {
    #expect(file["populated"] == nil && file["frozen"] == nil && file["kill"] == nil)
  }

  @Test("The largest number is read, one more is none")
  func largest() {
    #expect(FlatKeyed(Array("n 9223372036854775807".utf8))["n"] == Int.max)
    #expect(FlatKeyed(Array("n 9223372036854775808".utf8))["n"] == nil)
  }
}
