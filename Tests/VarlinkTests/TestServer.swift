import LinuxSystem
import Varlink
import VarlinkSocket

/// A service that answers each ping with its own words: twice if it may, the first time with
/// `continues`.
struct TestServer: ~Copyable {
  private let socket: UnixSocket
  private let service: Service
  private var connection = ServerConnection()
  private var reader = MessageReader()

  init(_ socket: consuming UnixSocket) throws {
    self.socket = socket
    service = try .example
  }

  /// Serves until the client has ended its side and all is answered.
  mutating func serve() throws {
    let buffer = ReceiveBuffer()
    while !connection.isFinished {
      switch try reader.next(from: socket, by: buffer, waiting: true) {
      case .message(let message, _): answer(message)
      default: connection.stoppedReading()
      }
      try flush()
    }
    try socket.shutdownWriting()
  }

  private mutating func answer(_ message: [UInt8]) {
    guard case .invoke(let invocation) = connection.received(message, for: service) else { return }
    let pong = invocation.parameters["ping"] ?? .null
    connection.progress(["pong": pong])
    connection.finish(["pong": pong])
  }

  private mutating func flush() throws {
    while let chunk = connection.outgoing.withFirstChunk({ chunk in
      unsafe chunk.withUnsafeBufferPointer { unsafe Array($0) }
    }) {
      var message = OutgoingMessage(chunk)
      _ = try message.write(to: socket, waiting: true)
      connection.outgoing.consumed(chunk.count)
    }
  }
}
