import JobProtocol
import Testing
import Varlink

@Suite("Where the service is looked for")
struct JobdSocketTests {
  private let variables = ["JOBD_SOCKET": "/tmp/v.sock", "XDG_RUNTIME_DIR": "/run/user/7"]
    .mapValues { Array($0.utf8) }

  @Test("An argument comes before everything")
  func argument() throws {
    let socket = try JobdSocket(argument: Array("/a.sock".utf8), uid: 0) { variables[$0] }
    #expect(socket.address == .path("/a.sock"))
    #expect(socket.origin == .argument)
  }

  @Test("A Varlink address will do")
  func address() throws {
    let socket = try JobdSocket(argument: Array("unix:@jobd;mode=0600".utf8), uid: 0) { _ in nil }
    #expect(socket.address == .abstract("jobd"))
  }

  @Test("Then comes the variable, for root and others")
  func variable() throws {
    for uid: UInt32 in [0, 7] {
      let socket = try JobdSocket(argument: nil, uid: uid) { variables[$0] }
      #expect(socket.address == .path("/tmp/v.sock"))
      #expect(socket.origin == .variable)
    }
  }

  @Test("Root's default is the system's")
  func system() throws {
    let socket = try JobdSocket(argument: nil, uid: 0) {
      $0 == "JOBD_SOCKET" ? [] : variables[$0]
    }
    #expect(socket.address == .path("/run/jobd/jobd.sock"))
    #expect(socket.origin == .system)
  }

  @Test("A user's default is in the runtime directory")
  func user() throws {
    let socket = try JobdSocket(argument: nil, uid: 7) {
      $0 == "JOBD_SOCKET" ? nil : variables[$0]
    }
    #expect(socket.address == .path("/run/user/7/jobd/jobd.sock"))
    #expect(socket.origin == .runtimeDirectory)
  }

  @Test("A user without a runtime directory has no default")
  func noRuntimeDirectory() {
    #expect(throws: JobdSocket.Missing.noRuntimeDirectory) {
      try JobdSocket(argument: nil, uid: 7) { _ in nil }
    }
  }

  @Test("Other transports are refused, with where the address came from")
  func otherTransports() {
    #expect(throws: JobdSocket.Missing.notAnAddress("tcp:localhost:1", .argument)) {
      try JobdSocket(argument: Array("tcp:localhost:1".utf8), uid: 0) { _ in nil }
    }
    #expect(throws: JobdSocket.Missing.notAnAddress("tcp:localhost:1", .variable)) {
      try JobdSocket(argument: nil, uid: 0) { _ in Array("tcp:localhost:1".utf8) }
    }
  }

  @Test("What is not UTF-8 is refused, with where it came from, and not looked past")
  func notText() {
    let bytes = Array("/run/".utf8) + [0xe9]
    #expect(throws: JobdSocket.Missing.notText("/run/\u{fffd}", .argument)) {
      try JobdSocket(argument: bytes, uid: 7) { variables[$0] }
    }
    #expect(throws: JobdSocket.Missing.notText("/run/\u{fffd}", .variable)) {
      try JobdSocket(argument: nil, uid: 0) { _ in bytes }
    }
    #expect(throws: JobdSocket.Missing.notText("/run/\u{fffd}", .runtimeDirectory)) {
      try JobdSocket(argument: nil, uid: 7) { $0 == "XDG_RUNTIME_DIR" ? bytes : nil }
    }
  }
}
