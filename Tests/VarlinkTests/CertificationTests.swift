import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing
import Varlink
import VarlinkSocket

@Suite("org.varlink.certification is passed")
struct CertificationTests {
  @Test("Our client passes our server")
  func ourClient() throws {
    let sockets = try UnixSocket.pair()
    let serverEnd = try sockets.first.descriptor.raw.duplicate()
    let thread = TestThread {
      #expect(throws: Never.self) {
        var server = try CertificationServer(
          UnixSocket(adopting: OwnedDescriptor(adopting: serverEnd)))
        try server.serve()
      }
    }
    try pass(sockets.second)
    thread.join()
  }

  /// Its interpreter is named by JOBD_TEST_PYTHON; the package is `varlink` of PyPI.
  @Test(
    "The client that comes with Python's varlink passes our server",
    .enabled(if: unsafe getenv("JOBD_TEST_PYTHON") != nil, "JOBD_TEST_PYTHON names no interpreter"))
  func pythonClient() throws {
    let scratch = try ScratchDirectory()
    let path = FilePath(scratch.path("socket"))
    let listener = try UnixSocket.listen(on: .path(path), mode: .ownerReadWrite)
    let listenerNumber = try listener.descriptor.raw.duplicate()
    let thread = TestThread {
      #expect(throws: Never.self) {
        let listener = UnixSocket(adopting: OwnedDescriptor(adopting: listenerNumber))
        var ready = pollfd(fd: listenerNumber.rawValue, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&ready, 1, 60_000)
        guard let socket = try listener.accept() else { return }
        var server = try CertificationServer(socket)
        try server.serve()
      }
    }
    let client = "-m varlink.tests.test_certification --client --varlink=unix:\(path)"
    let status = unsafe system("\"$JOBD_TEST_PYTHON\" \(client) | grep -q 'Certification passed'")
    #expect(status == 0)
    thread.join()
  }

  /// Carries each answer into the next call, and checks the last.
  private func pass(_ socket: consuming UnixSocket) throws {
    var client = VarlinkClientConnection(adopting: socket)
    func call(
      _ client: inout VarlinkClientConnection, _ method: String, _ parameters: JSONObject,
      _ mode: Call.Mode = .plain
    ) throws -> Reply? {
      let name = "\(CertificationServer.interface).\(method)"
      try client.send(Call(name, parameters, mode: mode))
      return mode == .oneway ? nil : try client.receive()
    }
    func parameters(_ reply: Reply?) -> JSONObject {
      #expect(reply?.error == nil)
      return CertificationServer.identified(reply?.parameters ?? [:])
    }
    var answer = parameters(try call(&client, "Start", [:]))
    for (method, reply) in CertificationServer.answers {
      let answered = try call(&client, method, answer)
      #expect(answered?.parameters == CertificationServer.object(reply))
      answer = parameters(answered)
    }
    var reply = try call(&client, "Test10", answer, .more)
    var steps = [reply?.parameters.string("string")]
    while reply?.continues == true {
      reply = try client.receive()
      steps.append(reply?.parameters.string("string"))
    }
    #expect(steps == CertificationServer.progress)
    answer = ["last_more_replies": .array(CertificationServer.progress.map(JSON.string))]
    _ = try call(&client, "Test11", parameters(Reply(answer)), .oneway)
    let end = try call(&client, "End", parameters(Reply()))
    #expect(end == Reply(["all_ok": .bool(true)]))
  }
}
