import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing
import Varlink
import VarlinkSocket

@Suite("A client calls a service over a socket")
struct VarlinkClientConnectionTests {
  @Test("Pipelined calls are answered in order, and the end is told")
  func pipelining() throws {
    let sockets = try UnixSocket.pair()
    var server = try TestServer(sockets.first)
    var client = VarlinkClientConnection(adopting: sockets.second)
    try client.send(Call("org.varlink.service.GetInfo"))
    try client.send(Call("org.example.ping.Ping", ["ping": .string("1")], mode: .oneway))
    try client.send(Call("org.example.ping.Ping", ["ping": .string("2")], mode: .more))
    try client.send(Call("a.b.C"))
    let nothing = try client.receiveIfAvailable()
    #expect(nothing == .nothing)
    try client.shutdownWrite()
    try server.serve()
    let info = try client.receive()
    #expect(info?.parameters.string("vendor") == "V")
    for continues in [true, false] {
      let pong = try client.receive()
      #expect(pong == Reply(["pong": .string("2")], continues: continues))
    }
    let error = try client.receiveIfAvailable()
    #expect(error == .reply(Reply(.interfaceNotFound("a.b"))))
    let end = try client.receive()
    #expect(end == nil)
    let stillEnd = try client.receiveIfAvailable()
    #expect(stillEnd == .endOfStream)
  }

  @Test("Descriptors travel with the call that they were sent with")
  func descriptors() throws {
    let pipe = try TestPipe()
    let sockets = try UnixSocket.pair()
    var client = VarlinkClientConnection(adopting: sockets.second)
    let long = String(repeating: "x", count: 100_000)
    try client.send(Call("a.b.C", ["x": .string(long)]), descriptors: [pipe.read.raw])
    var reader = MessageReader()
    let event = try reader.next(from: sockets.first, by: ReceiveBuffer())
    guard case .message(let bytes, let descriptors) = consume event else {
      Issue.record("no message")
      return
    }
    var passed = descriptors
    let file = inode(consuming: passed.take(0))
    #expect(file == inode(of: pipe.read.raw))
    #expect(try Call(parsing: bytes).parameters.string("x") == long)
  }

  @Test("A call larger than the socket's queue waits for room, nonblocking or not")
  func largeCall() throws {
    for isNonblocking in [false, true] {
      let sockets = try UnixSocket.pair()
      if isNonblocking { try sockets.second.descriptor.setNonblocking() }
      let serverEnd = try sockets.first.descriptor.raw.duplicate()
      var client = VarlinkClientConnection(adopting: sockets.second)
      let thread = TestThread {
        #expect(throws: Never.self) {
          let socket = UnixSocket(adopting: OwnedDescriptor(adopting: serverEnd))
          var server = try TestServer(socket)
          try server.serve()
        }
      }
      let long = String(repeating: "x", count: 3_000_000)
      try client.send(Call("org.example.ping.Ping", ["ping": .string(long)]))
      let reply = try client.receive()
      #expect(reply?.parameters.string("pong") == long)
      try client.shutdownWrite()
      thread.join()
    }
  }

  @Test("An address names the service to connect to")
  func addresses() throws {
    let scratch = try ScratchDirectory()
    let path = FilePath(scratch.path("socket"))
    let listener = try UnixSocket.listen(on: .path(path), mode: .ownerReadWrite)
    for address in ["unix:\(path)", "unix:\(path);x=y", "\(path)"] {
      let client = try VarlinkClientConnection(connectingTo: address)
      let flags = fcntl(client.descriptor.rawValue, F_GETFD)
      #expect(flags == FD_CLOEXEC)
      let accepted = try listener.accept() != nil
      #expect(accepted)
    }
    #expect(throws: VarlinkClientError.unsupportedAddress("tcp:x")) {
      _ = try VarlinkClientConnection(connectingTo: "tcp:x")
    }
    let none = scratch.path("none")
    let error = SystemError("connect", none, errno: .noSuchFileOrDirectory)
    #expect(throws: VarlinkClientError.system(error)) {
      _ = try VarlinkClientConnection(connectingTo: none)
    }
  }

  @Test("A service that breaks the protocol is told from one that hangs up")
  func violations() throws {
    for (text, expected) in [
      ("[]\0", .malformed(.notAnObject)), ("{}", .brokenOff),
      ("{}\0", .malformed(.unexpectedReply)),
    ] as [(String, VarlinkClientError)] {
      let sockets = try UnixSocket.pair()
      var client = VarlinkClientConnection(adopting: sockets.second)
      let bytes = Array(text.utf8)
      _ = try sockets.first.send(bytes.span)
      try sockets.first.shutdownWriting()
      do throws(VarlinkClientError) {
        _ = try client.receive()
        Issue.record("no error")
      } catch {
        #expect(error == expected)
      }
    }
  }

  @Test("A call with one byte more than services take is not sent")
  func tooLong() throws {
    let frame = Call("a.b.C", ["x": .string("")]).encoded().count
    let room = VarlinkLimits.messageBytes - frame
    _ = try OutgoingCall(Call("a.b.C", ["x": .string(String(repeating: "x", count: room))]))
    let long = Call("a.b.C", ["x": .string(String(repeating: "x", count: room + 1))])
    let limit = VarlinkLimits.messageBytes
    do throws(VarlinkClientError) {
      _ = try OutgoingCall(long)
      Issue.record("no error")
    } catch {
      #expect(error == .tooLong(bytes: limit + 1, limit: limit))
    }
  }

  @Test(
    "A call with one value more than services take is not sent",
    arguments: [Call.Mode.plain, .more])
  func tooManyValues(_ mode: Call.Mode) throws {
    let limit = VarlinkLimits.valuesPerDocument
    func call(_ count: Int) -> Call {
      // The message, its method, its parameters and the array are values, too, and so is a flag.
      let others = mode == .plain ? 4 : 5
      return Call(
        "a.b.C", ["x": .array(Array(repeating: .int(1), count: count - others))], mode: mode)
    }
    let most = call(limit)
    _ = try OutgoingCall(most)
    #expect(try Call(parsing: most.encoded().dropLast()) == most)
    #expect(throws: MalformedMessage.self) {
      try Call(parsing: call(limit + 1).encoded().dropLast())
    }
    do throws(VarlinkClientError) {
      _ = try OutgoingCall(call(limit + 1))
      Issue.record("no error")
    } catch {
      #expect(error == .tooManyValues(count: limit + 1, limit: limit))
    }
  }

  @Test("A call is sent in pieces where nobody is to wait")
  func pieces() throws {
    let sockets = try UnixSocket.pair()
    var client = VarlinkClientConnection(adopting: sockets.second)
    let long = String(repeating: "x", count: 2_000_000)
    var call = try OutgoingCall(Call("a.b.C", ["x": .string(long)]))
    var reader = MessageReader()
    let buffer = ReceiveBuffer()
    var pieces = 0
    while try !client.send(&call) {
      pieces += 1
      let event = try reader.next(from: sockets.first, by: buffer)
      guard case .wouldBlock = consume event else {
        Issue.record("a message before its end")
        return
      }
    }
    #expect(pieces > 1)
    guard case .message(let bytes, _) = try reader.next(from: sockets.first, by: buffer) else {
      Issue.record("no message")
      return
    }
    #expect(try Call(parsing: bytes).parameters.string("x") == long)
  }
}
