import Testing
import Varlink

@Suite("A connection processes one call at a time")
struct ServerConnectionTests {
  private let service: Service
  private let info = Call("org.varlink.service.GetInfo").encoded()

  init() throws {
    service = try .example
  }

  private func ping(_ mode: Call.Mode) -> [UInt8] {
    Call("org.example.ping.Ping", mode: mode).encoded()
  }

  @Test("Calls about the service are answered in order, one reply each")
  func introspection() throws {
    let connection = TestedConnection()
    for mode in [Call.Mode.plain, .more, .plain] {
      let call = Call("org.varlink.service.GetInfo", mode: mode).encoded()
      #expect(connection.deliver(call, service) == .answered)
    }
    let replies = try connection.written()
    #expect(replies.count == 3 && replies.allSatisfy { !$0.continues && $0.error == nil })
    #expect(connection.isReading)
  }

  @Test("While a call is processed nothing is read, until its last reply")
  func busy() throws {
    let connection = TestedConnection()
    guard case .invoke = connection.deliver(ping(.more), service) else {
      Issue.record("not invoked")
      return
    }
    #expect(connection.phase == .calling(.more) && !connection.isReading)
    connection.progress(["pong": .string("1")])
    #expect(!connection.isReading && connection.takesProgress)
    connection.progress(encoded: Reply(["pong": .string("2")], continues: true).encoded())
    connection.finish(["pong": .string("3")])
    #expect(connection.isReading && connection.phase == .idle)
    let replies = try connection.written()
    #expect(replies.map { $0.parameters.string("pong") } == ["1", "2", "3"])
    #expect(replies.map(\.continues) == [true, true, false])
  }

  @Test("A call without `more` hears only its last reply")
  func plain() throws {
    for mode in [Call.Mode.plain, .upgrade] {
      let connection = TestedConnection()
      _ = connection.deliver(ping(mode), service)
      #expect(!connection.takesProgress)
      connection.progress(["pong": .string("1")])
      connection.progress(encoded: Reply(continues: true).encoded())
      #expect(connection.waiting == 0)
      connection.finish(["pong": .string("2")])
      #expect(try connection.written() == [Reply(["pong": .string("2")])])
    }
  }

  @Test("An error ends a call and leaves the connection usable")
  func error() throws {
    let connection = TestedConnection()
    _ = connection.deliver(ping(.more), service)
    connection.fail(VarlinkError("org.example.ping.Refused"))
    #expect(connection.isReading)
    #expect(try connection.written() == [Reply(VarlinkError("org.example.ping.Refused"))])
  }

  @Test("A oneway call is never answered, not even with an error, but the next one waits for it")
  func oneway() throws {
    let connection = TestedConnection()
    for call in ["org.varlink.service.GetInfo", "org.example.ping.Nope", "a.b.C"] {
      #expect(connection.deliver(Call(call, mode: .oneway).encoded(), service) == .answered)
    }
    for isError in [false, true] {
      _ = connection.deliver(ping(.oneway), service)
      #expect(connection.phase == .calling(.oneway) && !connection.isReading)
      connection.progress([:])
      isError ? connection.fail(.permissionDenied) : connection.finish()
      #expect(connection.isReading)
    }
    #expect(connection.waiting == 0)
  }

  @Test("After a malformed message nothing more is read, and what was answered is still written")
  func malformed() throws {
    let connection = TestedConnection()
    _ = connection.deliver(info, service)
    #expect(connection.deliver(Array("[1]\0".utf8), service) == .refused(.notAnObject))
    #expect(!connection.isReading && !connection.isFinished)
    #expect(try connection.written().count == 1)
    #expect(connection.isFinished)
  }

  @Test("A client that half-closes gets the answers that are due")
  func halfClose() throws {
    let connection = TestedConnection()
    _ = connection.deliver(info, service)
    connection.stoppedReading()
    #expect(!connection.isReading && !connection.isFinished)
    #expect(try connection.written().count == 1)
    #expect(connection.isFinished)
  }

  @Test("A client that is gone has its call aborted, and replies to it are discarded")
  func disconnect() throws {
    let connection = TestedConnection()
    _ = connection.deliver(ping(.more), service)
    connection.progress([:])
    #expect(connection.disconnected() == .more)
    #expect(connection.isFinished && connection.waiting == 0)
    connection.progress([:])
    connection.fail(.permissionDenied)
    #expect(connection.waiting == 0)
    #expect(connection.disconnected() == nil)
  }

  @Test("A client that doesn't read its answers is not asked for more calls")
  func backlog() throws {
    let connection = TestedConnection()
    var calls = 0
    while connection.isReading {
      _ = connection.deliver(info, service)
      calls += 1
    }
    #expect(connection.waiting < VarlinkLimits.waitingReplyBytes + 4096)
    #expect(try connection.written().count == calls)
    #expect(connection.isReading)
  }

  @Test("An upgrade is promised once, and then the connection is the application's")
  func upgrade() throws {
    let connection = TestedConnection()
    _ = connection.deliver(ping(.upgrade), service)
    connection.fail(.permissionDenied)
    #expect(connection.isReading)
    _ = connection.deliver(ping(.upgrade), service)
    connection.upgrade()
    #expect(connection.phase == .upgraded && !connection.isReading && !connection.isFinished)
    #expect(try connection.written() == [Reply(.permissionDenied), Reply()])
  }
}
