import Testing
import Varlink

@Suite("A reply is a result, a step or an error")
struct ReplyTests {
  @Test(
    "A reply is understood, whatever else it carries",
    arguments: [
      ("{}", Reply()),
      (#"{"parameters":null,"continues":null,"error":null}"#, Reply()),
      (#"{"parameters":{"a":1},"continues":false}"#, Reply(["a": .int(1)])),
      (#"{"parameters":{"a":1},"continues":true}"#, Reply(["a": .int(1)], continues: true)),
      (#"{"error":"a.b.E"}"#, Reply(VarlinkError("a.b.E"))),
      (
        #"{"error":"a.b.E","parameters":{"x":1},"continues":false}"#,
        Reply(VarlinkError("a.b.E", ["x": .int(1)]))
      ),
      (#"{"new":1,"org.x":{}}"#, Reply()),
    ])
  func accepted(message: String, reply: Reply) throws {
    #expect(try Reply(parsing: message.utf8) == reply)
  }

  @Test(
    "A malformed reply ends the connection",
    arguments: [
      "", "[]", "1", #"{"parameters":[]}"#, #"{"continues":1}"#, #"{"error":{}}"#,
      #"{"error":"a.b.E","continues":true}"#,
    ])
  func malformed(message: String) {
    #expect(throws: MalformedMessage.self) { try Reply(parsing: message.utf8) }
  }

  @Test(
    "A reply is written without what goes without saying, and read back the same",
    arguments: [
      (Reply(), "{}"),
      (Reply(["a": .null]), #"{"parameters":{"a":null}}"#),
      (Reply(continues: true), #"{"continues":true}"#),
      (Reply(.permissionDenied), #"{"error":"org.varlink.service.PermissionDenied"}"#),
      (
        Reply(.invalidParameter("a.b")),
        #"{"error":"org.varlink.service.InvalidParameter","parameters":{"parameter":"a.b"}}"#
      ),
    ])
  func encoding(reply: Reply, text: String) throws {
    #expect(reply.encoded() == Array(text.utf8) + [0])
    #expect(try Reply(parsing: text.utf8) == reply)
  }

  @Test("Parameters written directly make the same message")
  func direct() {
    let direct = Reply.encoded(.success(continues: true)) { writer in
      writer.beginObject()
      writer.name("output")
      writer.base64([1, 2, 3].span)
      writer.endObject()
    }
    #expect(direct == Reply(["output": .string("AQID")], continues: true).encoded())
  }

  @Test("Replies are matched to calls in their order; oneway calls wait for none")
  func matching() throws {
    var pending = PendingCalls()
    pending.sent(.oneway)
    #expect(pending.isEmpty)
    pending.sent(.more)
    pending.sent(.plain)
    #expect(try pending.received(Reply(continues: true)) == false)
    #expect(try pending.received(Reply()) == true)
    #expect(throws: MalformedMessage.unexpectedContinuation) {
      try pending.received(Reply(continues: true))
    }
    #expect(try pending.received(Reply(.expectedMore)) == true)
    #expect(throws: MalformedMessage.unexpectedReply) { try pending.received(Reply()) }
  }
}
