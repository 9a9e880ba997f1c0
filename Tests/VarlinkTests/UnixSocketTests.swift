import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite("Unix sockets")
struct UnixSocketTests {
  @Test("A client connects by path or by abstract name, and each end knows the other")
  func connecting() throws {
    let scratch = try ScratchDirectory()
    let addresses: [UnixSocketAddress] = [
      .path(FilePath(scratch.path("socket"))), .abstract("varlink-tests-\(getpid())"),
    ]
    for address in addresses {
      let listener = try UnixSocket.listen(on: address, mode: .ownerReadWrite)
      let nobody = try listener.accept()?.isListening
      #expect(nobody == nil)
      let client = try UnixSocket.connect(to: address)
      guard let server = try listener.accept() else {
        Issue.record("nobody to accept")
        return
      }
      let listening = try (listener.isListening, client.isListening, server.isListening)
      #expect(listening == (true, false, false))
      let peer = try server.peer
      #expect(peer == UnixSocketPeer(pid: getpid(), uid: geteuid(), gid: getegid()))
      let bytes: [UInt8] = [1, 2, 3]
      let sent = try client.send(bytes.span)
      var buffer = [UInt8](repeating: 0, count: 10)
      let received = try server.receive(10, into: &buffer)?.count
      #expect(sent == 3 && received == 3 && buffer.prefix(3) == [1, 2, 3])
      try client.shutdownWriting()
      let end = try server.peek(into: &buffer)
      #expect(end?.count == 0)
    }
  }

  @Test("A path longer than sun_path is reached through its directory")
  func longPath() throws {
    let scratch = try ScratchDirectory()
    let name = String(repeating: "long", count: 20)
    let long = try scratch.directory(name)
    let longer = try scratch.directory("\(name)/\(name)")
    for directory in [long, longer] {
      let address = UnixSocketAddress.path(FilePath("\(directory)/socket"))
      let listener = try UnixSocket.listen(on: address, mode: .ownerReadWrite)
      let client = try UnixSocket.connect(to: address)
      let accepted = try listener.accept() != nil
      #expect(accepted && client.descriptor.raw.rawValue >= 0)
    }
    let nameTooLong = FilePath(scratch.path(String(repeating: "x", count: 150)))
    #expect(throws: SystemError("connect", nameTooLong.string, errno: .fileNameTooLong)) {
      _ = try UnixSocket.connect(to: .path(nameTooLong))
    }
  }

  @Test("The socket's file has the mode that was asked for, whatever the umask")
  func mode() throws {
    let scratch = try ScratchDirectory()
    for mode: FilePermissions in [
      .ownerReadWrite, [.ownerReadWrite, .groupReadWrite, .otherReadWrite],
    ] {
      let path = FilePath(scratch.path("socket\(mode.rawValue)"))
      let listener = try UnixSocket.listen(on: .path(path), mode: mode)
      var status = stat()
      _ = unsafe lstat(path.string, &status)
      #expect(status.st_mode & 0o777 == mode.rawValue)
      _ = consume listener
    }
  }

  @Test("Nobody there, a stale file and a name in use are told apart")
  func errors() throws {
    let scratch = try ScratchDirectory()
    let path = FilePath(scratch.path("socket"))
    func failure(_ body: () throws(SystemError) -> Void) -> Errno? {
      do throws(SystemError) { try body() } catch { return error.errno }
      return nil
    }
    func connect(_ address: UnixSocketAddress) -> Errno? {
      failure { () throws(SystemError) in _ = try UnixSocket.connect(to: address) }
    }
    #expect(connect(.path(path)) == .noSuchFileOrDirectory)
    #expect(connect(.path("")) == .noSuchFileOrDirectory)
    #expect(connect(.abstract("varlink-tests-nobody")) == .connectionRefused)
    do {
      let listener = try UnixSocket.listen(on: .path(path), mode: .ownerReadWrite)
      let again = failure { () throws(SystemError) in
        _ = try UnixSocket.listen(on: .path(path), mode: .ownerReadWrite)
      }
      #expect(again == .addressInUse)
      _ = consume listener
    }
    #expect(connect(.path(path)) == .connectionRefused)
  }

  @Test("The peer's pidfd is of the peer")
  func pidfd() throws {
    let sockets = try UnixSocket.pair()
    guard let pidfd = try sockets.first.peerPidfd() else { return }
    let own = try Pidfd.open(getpid())
    let isSame = inode(of: pidfd.descriptor.raw) == inode(of: own.descriptor.raw)
    #expect(isSame)
  }

  @Test("Writing to a peer that is gone is an error and no signal, and a full socket says so")
  func writing() throws {
    let sockets = try UnixSocket.pair()
    let bytes = [UInt8](repeating: 0, count: 65536)
    var total = 0
    while let sent = try sockets.first.send(bytes.span) { total += sent }
    #expect(total > 0)
    let lonely = try lonely()
    #expect(throws: SystemError("send", errno: .brokenPipe)) { _ = try lonely.send(bytes.span) }
  }

  /// A socket whose peer is closed.
  private func lonely() throws -> UnixSocket {
    let sockets = try UnixSocket.pair()
    return sockets.first
  }
}
