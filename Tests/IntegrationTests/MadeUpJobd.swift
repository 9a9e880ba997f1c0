import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Varlink
import VarlinkSocket

/// What listens where jobd would, and answers what a test wants it to.
final class MadeUpJobd {
  private let directory: ScratchDirectory
  private let listener: UnixSocket

  var socket: String { directory.path("s") }
  /// Readable when there is a connection.
  var descriptor: FileDescriptor { listener.descriptor.raw }

  /// - Parameter queue: Connections that wait for being accepted. One more finds a place.
  init(queue: Int = 10) throws {
    directory = try ScratchDirectory()
    listener = try UnixSocket.listen(
      on: .path(FilePath(directory.path("s"))), mode: .ownerReadWrite, backlog: queue)
  }

  func jobctl(_ arguments: String..., input: Spawned.Input = .null) throws -> Spawned {
    try Spawned(
      Spawned.product("jobctl"), arguments, environment: ["JOBD_SOCKET=\(socket)"], input: input)
  }

  /// The next connection.
  func accept() throws -> Line {
    while true {
      try waitToRead(listener.descriptor.raw, "a connection")
      if let socket = try listener.accept() { return Line(socket) }
    }
  }

  /// A connection of a client.
  final class Line {
    private let socket: UnixSocket
    private var reader = MessageReader()
    private let buffer = ReceiveBuffer()

    fileprivate init(_ socket: consuming UnixSocket) { self.socket = socket }

    /// Readable when there is something of a call.
    var descriptor: FileDescriptor { socket.descriptor.raw }

    /// The next call, or `nil` when there are no more.
    func nextCall() throws -> Call? {
      while true {
        try waitToRead(socket.descriptor.raw, "a call, or the end of the line")
        switch try reader.next(from: socket, by: buffer) {
        case .message(let bytes, _): return try Call(parsing: bytes)
        case .wouldBlock: continue
        case .endOfStream(midMessage: false): return nil
        case .endOfStream: throw TestFailure("the client ended in mid-message")
        case .violation(let violation): throw TestFailure("\(violation)")
        }
      }
    }

    func reply(_ reply: RunReply, isLast: Bool = false) throws {
      _ = try socket.send(Reply(reply.wire, continues: !isLast).encoded().span)
    }
  }
}
