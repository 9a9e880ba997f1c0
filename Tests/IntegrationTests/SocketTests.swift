import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing
import Varlink

@Suite("A socket has one jobd, which takes nothing away from anybody", .needsCgroups)
struct SocketTests {
  @Test("A second jobd on a socket that is served is refused, and the first doesn't notice")
  func second() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("echo ready; exec sleep infinity")
      try job.says("ready\n")
      var options = TestDaemon.Options()
      options.directory = daemon.directory
      let (exit, log) = try TestDaemon.startInVain(options)
      #expect(exit.status == .exited(code: 1))
      #expect(log.contains("another jobd listens on \(daemon.socketPath)"))
      #expect(log.contains("--socket"))

      #expect(try job.witness?.isGone == false)
      #expect(try job.client.isQuiet())
      #expect(try daemon.shell("exit 7").result().exitStatus == 7)
      job.client.close()
    }
  }

  @Test("A socket file that nobody listens on is replaced")
  func stale() throws {
    var options = TestDaemon.Options()
    let directory = try ScratchDirectory()
    options.directory = directory
    // The file stays when the socket is closed.
    _ = try UnixSocket.listen(on: .path(FilePath(directory.path("s"))), mode: .ownerReadWrite)
    #expect(exists(directory.path("s")))
    try withDaemon(options) { daemon in
      let job = try daemon.shell("exit 8")
      #expect(try job.result().exitStatus == 8)
    }
  }

  @Test("A socket that somebody else listens on is left to them")
  func somebodyElses() throws {
    var options = TestDaemon.Options()
    let directory = try ScratchDirectory()
    options.directory = directory
    let socket = directory.path("s")
    let theirs = try UnixSocket.listen(on: .path(FilePath(socket)), mode: .ownerReadWrite)
    let log = try refusal(options)
    #expect(log.contains("somebody else listens on \(socket)"))
    #expect(!exists(socket + ".lock"))
    // It listens still: the first connection is that of jobd, which looked whether somebody does.
    let client = try UnixSocket.connect(to: .path(FilePath(socket)))
    _ = try theirs.accept()
    let accepted = try theirs.accept() != nil
    #expect(accepted)
    try client.shutdownWriting()
  }

  /// What may be where a socket is to be.
  enum Obstacle: String, CaseIterable {
    case file, directory, link
  }

  @Test("What is no socket is not replaced by one", arguments: Obstacle.allCases)
  func obstacle(_ obstacle: Obstacle) throws {
    var options = TestDaemon.Options()
    let directory = try ScratchDirectory()
    options.directory = directory
    let socket = directory.path("s")
    let file = try directory.file("file", "precious")
    switch obstacle {
    case .file: _ = try directory.file("s", "precious")
    case .directory: _ = try directory.directory("s")
    case .link: try directory.link("s", to: file)
    }
    let log = try refusal(options)
    #expect(log.contains("\(socket) is no socket"))
    #expect(!exists(socket + ".lock"))
    if obstacle != .directory { #expect(try contents(of: socket) == "precious") }
  }

  @Test("A path with more bytes than a socket's address has room for is served")
  func longDirectory() throws {
    var options = TestDaemon.Options()
    options.socket = String(repeating: "d", count: 150) + "/s"
    try withDaemon(options) { daemon in
      let job = try daemon.shell("echo $JOBD_SOCKET; exit 9")
      #expect(try job.result().exitStatus == 9)
      #expect(job.text == daemon.socketPath + "\n")
    }
  }

  @Test("A name that no address has room for is refused, and nothing is left")
  func longName() throws {
    var options = TestDaemon.Options()
    let directory = try ScratchDirectory()
    options.directory = directory
    options.socket = String(repeating: "n", count: 150)
    let log = try refusal(options)
    #expect(log.contains("\(directory.path(options.socket)): File name too long"))
    // By the guardian, as jobd had gone so far as to have one.
    try waitUntil("the lock is removed") { !exists(directory.path(options.socket + ".lock")) }
  }

  @Test("A directory that can't be made is refused by its name")
  func noDirectory() throws {
    var options = TestDaemon.Options()
    options.socket = "no/such/s"
    let log = try refusal(options)
    #expect(log.contains("no/such: No such file or directory"))
  }

  @Test("A directory that jobd may not write to is refused by its name")
  func noPermission() throws {
    var options = TestDaemon.Options()
    let directory = try ScratchDirectory()
    options.directory = directory
    options.socket = "closed/s"
    try directory.directory("closed", permissions: 0o555)
    // Root is refused, too, where it hasn't the right to override permissions. capabilities(7)
    options.wrapper = ["setpriv", "--bounding-set", "-dac_override"]
    let log = try refusal(options)
    #expect(log.contains("\(directory.path("closed/s.lock")): Permission denied"))
    #expect(try fileNames(in: directory.path("closed")).isEmpty)
  }

  /// Starts a jobd that can't begin, and answers what it says.
  private func refusal(_ options: TestDaemon.Options) throws -> String {
    let (exit, log) = try TestDaemon.startInVain(options)
    #expect(exit.status == .exited(code: 1))
    return log
  }
}
