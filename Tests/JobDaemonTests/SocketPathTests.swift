import Testing

@testable import JobDaemon

@MainActor
@Suite("The socket's path")
struct SocketPathTests {
  @Test("Two services of different sockets have different tags, one has the same at each start")
  func tags() {
    #expect(SocketPath.tag("/run/a") == SocketPath.tag("/run/a"))
    #expect(SocketPath.tag("/run/a") != SocketPath.tag("/run/b"))
  }

  @Test("A relative path is meant from where jobd was started")
  func relative() throws {
    #expect(try SocketPath.absolute("/a/b") == "/a/b")
    #expect(try SocketPath.absolute("b").hasSuffix("/b"))
    #expect(try SocketPath.absolute("b").hasPrefix("/"))
  }
}
