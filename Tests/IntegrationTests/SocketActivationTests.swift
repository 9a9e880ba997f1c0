import Glibc
import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing
import Varlink

@Suite("jobd serves the sockets that a service manager passes", .needsCgroups)
struct SocketActivationTests {
  private let directory: ScratchDirectory

  init() throws { directory = try ScratchDirectory() }

  /// - Parameter pid: Whom they are for, as the shell understands it that becomes jobd.
  private func passing(
    _ sockets: [FileDescriptor], names: String? = nil, pid: String = "$$"
  ) -> TestDaemon.Options {
    var options = TestDaemon.Options()
    options.directory = directory
    options.passing = sockets
    options.environment = ["LISTEN_FDS=\(sockets.count)", "SECRET=of-the-service"]
    if let names { options.environment.append("LISTEN_FDNAMES=\(names)") }
    options.wrapper = ["/bin/sh", "-c", "export LISTEN_PID=\(pid); exec \"$@\"", "sh"]
    return options
  }

  @Test("A path that isn't UTF-8 is none that jobs could be told, and is served all the same")
  func notText() throws {
    let name = FilePath(directory.path("caf")).string.utf8 + [0xe9]
    let path = unsafe (name + [0]).withUnsafeBytes {
      unsafe FilePath(platformString: $0.assumingMemoryBound(to: CChar.self).baseAddress!)
    }
    let listener = try UnixSocket.listen(on: .path(path), mode: .ownerReadWrite)
    let client = TestClient(adopting: try UnixSocket.connect(to: .path(path)))
    let jobd = try JobdProcess(passing([listener.descriptor.raw]))
    try jobd.waitUntilReady()
    let job = try client.run(["/bin/sh", "-c", "echo ${JOBD_SOCKET-none}; exit 3"])
    #expect(try job.result().exitStatus == 3)
    #expect(job.text == "none\n")
    try jobd.process.send(.terminate)
    #expect(try jobd.process.waitForExit().status == .exited(code: 0))
  }

  private func listen(_ name: String = "s") throws -> UnixSocket {
    try UnixSocket.listen(on: .path(FilePath(directory.path(name))), mode: .ownerReadWrite)
  }

  @Test("Clients of a socket that listens wait in its queue while no jobd is there")
  func listening() throws {
    let listener = try listen()
    let early = try TestClient(directory.path("s"))
    try early.send(Call("io.jobd.Describe"))
    let options = passing([listener.descriptor.raw])
    try withDaemon(options) { daemon in
      #expect(try ServiceDescription(try early.next().parameters).pid == Int(daemon.pid))
      let job = try daemon.shell("echo $JOBD_SOCKET; exit 3")
      #expect(try job.result().exitStatus == 3)
      #expect(job.text == daemon.socketPath + "\n")
    }
    // The socket isn't jobd's to be removed.
    let between = try TestClient(directory.path("s"))
    try between.send(Call("io.jobd.Describe"))
    try withDaemon(options) { daemon in
      let reply = try between.next()
      #expect(try ServiceDescription(reply.parameters).pid == Int(daemon.pid))
      #expect(!exists(daemon.socketPath + ".lock"))
    }
  }

  @Test("Nothing that jobd is passed reaches a job or the guardian, or stays open without need")
  func hygiene() throws {
    let listener = try listen()
    let other = try listen("other")
    let sockets = [other.descriptor.raw, listener.descriptor.raw]
    try withDaemon(passing(sockets, names: "other:varlink")) { daemon in
      let job = try daemon.shell(Self.inheritance)
      try job.finished()
      #expect(
        job.text.split(separator: "\n") == [
          "0", "1", "2", "HOME", "JOBD_JOB", "JOBD_SOCKET", "LOGNAME", "PATH", "SHELL", "USER",
        ])

      let open = try ProcessFiles(daemon.pid).descriptors()
      #expect(open.values.count { $0 == target(of: listener) } == 1)
      #expect(!open.values.contains(target(of: other)))
      for number in open.keys where number > 2 {
        #expect(try ProcessFiles(daemon.pid).isClosedOnExec(number))
      }
      let guardian = try daemon.guardian()
      #expect(!(try guardian.descriptors().values.contains { $0.hasPrefix("socket:") }))
    }
  }

  /// Prints the job's descriptors and the names of its environment's variables.
  private static let inheritance = """
    for n in $(seq 0 64); do [ -e /proc/$$/fd/$n ] && echo $n; done
    tr '\\0' '\\n' </proc/$$/environ | cut -d= -f1 | sort
    """

  private func target(of socket: borrowing UnixSocket) -> String {
    linkTarget("/proc/self/fd/\(socket.descriptor.raw.rawValue)") ?? ""
  }

  @Test("Of several sockets those are served that are named varlink")
  func named() throws {
    let first = try listen()
    let second = try listen("second")
    let sockets = [first.descriptor.raw, second.descriptor.raw]
    try withDaemon(passing(sockets, names: "varlink:varlink")) { daemon in
      let client = try TestClient(directory.path("second"))
      let reply = try client.call("io.jobd.Describe")
      #expect(try ServiceDescription(reply.parameters).pid == Int(daemon.pid))
    }
  }

  @Test("What was passed to another process is left alone: jobd makes a socket of its own")
  func notOurs() throws {
    let listener = try listen("other")
    var options = passing([listener.descriptor.raw], pid: "1")
    options.socket = "own"
    try withDaemon(options) { daemon in
      let job = try daemon.shell(Self.inheritance)
      try job.finished()
      #expect(job.text.hasPrefix("0\n1\n2\nHOME\n"))
    }
  }

  /// What can be passed, and is nothing to speak with clients through.
  enum Unfit: String, CaseIterable {
    case file, pipe, datagrams, internet
  }

  @Test("What is no Unix stream socket is refused by its number", arguments: Unfit.allCases)
  func unfit(_ unfit: Unfit) throws {
    let pipe = try LinuxSystem.Pipe()
    let isInternet = unfit == .internet
    let type = isInternet ? SOCK_STREAM : SOCK_DGRAM
    let number = socket(isInternet ? AF_INET : AF_UNIX, Int32(type.rawValue), 0)
    let socket = OwnedDescriptor(adopting: FileDescriptor(rawValue: number))
    let file = try OwnedDescriptor.open("/dev/null", .readWrite)
    let passed =
      switch unfit {
      case .file: file.raw
      case .pipe: pipe.reader.raw
      case .datagrams, .internet: socket.raw
      }
    let (exit, log) = try TestDaemon.startInVain(passing([passed]))
    #expect(exit.status == .exited(code: 1))
    #expect(
      log.contains("descriptor 3, which the service manager passed, is no Unix stream socket"))
  }

  // MARK: Accept=yes

  /// A jobd that was passed a connection, and the client at its other end.
  private func connected() throws -> (JobdProcess, TestClient) {
    let listener = try listen()
    let client = try TestClient(directory.path("s"))
    guard let connection = try listener.accept() else { throw TestFailure("nobody connected") }
    let jobd = try JobdProcess(passing([connection.descriptor.raw]))
    try jobd.waitUntilReady()
    return (jobd, client)
  }

  private func expectEnd(of jobd: JobdProcess, in controlGroup: String) throws {
    #expect(try jobd.process.waitForExit().status == .exited(code: 0))
    #expect(!exists(Cgroups.directory(controlGroup)))
  }

  @Test("A jobd that was passed a connection ends with it, and not before its job has")
  func connection() throws {
    let (jobd, client) = try connected()
    let reply = try client.call("io.jobd.Describe")
    let place = try #require(try ServiceDescription(reply.parameters).controlGroup)
    let job = try client.run(["/bin/sh", "-c", deaf], stop: StopContext(gracePeriodUSec: 200_000))
    try job.says("ready\n")
    client.close()
    try expectEnd(of: jobd, in: place)
    #expect(try job.witness?.isGone == true)
  }

  @Test("A client of such a jobd that half-closes hears how its job ended")
  func connectionHalfClosed() throws {
    let (jobd, client) = try connected()
    let place = try #require(
      try ServiceDescription(try client.call("io.jobd.Describe").parameters).controlGroup)
    let job = try client.run(answering(["TERM": 4]))
    try job.says("ready\n")
    try client.halfClose()
    let result = try job.result()
    #expect(result.cause == .disconnected)
    #expect(result.exitStatus == 4)
    try expectEnd(of: jobd, in: place)
  }

  @Test("A client of such a jobd that goes without a word leaves none")
  func connectionUnused() throws {
    let (jobd, client) = try connected()
    client.close()
    #expect(try jobd.process.waitForExit().status == .exited(code: 0))
  }
}
