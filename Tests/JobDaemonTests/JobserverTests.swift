import JobProtocol
import Testing

@testable import JobDaemon

@MainActor
@Suite("Somebody else's jobserver")
struct JobserverTests {
  private func removed(_ variable: String) throws -> String? {
    Jobserver.removed(from: try #require(OSString(variable)))?.text
  }

  @Test("is taken out of MAKEFLAGS, and what else make was told stays")
  func removedFromFlags() throws {
    #expect(
      try removed("MAKEFLAGS=ks -j8 --jobserver-auth=3,4 --no-print-directory")
        == "MAKEFLAGS=ks --no-print-directory")
    #expect(try removed("MAKEFLAGS=k --jobserver-auth=fifo:/tmp/GMfifo12 -j") == "MAKEFLAGS=k")
    #expect(try removed("CARGO_MAKEFLAGS=--jobserver-fds=3,4 --jobserver-auth=3,4 -j") == nil)
    #expect(try removed("MFLAGS=-k --jobserver-auth=3,4") == "MFLAGS=-k")
  }

  @Test("isn't there: nothing is touched")
  func untouched() throws {
    for variable in ["MAKEFLAGS=-j8 k", "MAKEFLAGS=", "X=--jobserver-auth=3,4", "PATH=/bin"] {
      #expect(try removed(variable) == variable)
    }
  }
}
