public import LinuxSystem
public import SystemPackage
public import Varlink
internal import VarlinkSocket

/// A client of the daemon that does exactly what it is told, wrong things too.
public final class TestClient {
  /// `nil` once it was closed or handed over.
  private var line: Line?
  private var reader = MessageReader()
  private let buffer = ReceiveBuffer()

  private final class Line {
    let socket: UnixSocket

    init(_ socket: consuming UnixSocket) { self.socket = socket }
  }

  public convenience init(_ path: String) throws {
    self.init(adopting: try UnixSocket.connect(to: .path(FilePath(path))))
  }

  public init(adopting socket: consuming UnixSocket) {
    line = Line(socket)
  }

  // MARK: what it does

  /// Sends bytes, whatever they are, and descriptors with the first of them.
  public func send(bytes: some Sequence<UInt8>, descriptors: [FileDescriptor] = []) throws {
    let line = try held
    let bytes = Array(bytes)
    var descriptors = descriptors
    var sent = 0
    while sent < bytes.count {
      let rest = bytes.span.extracting(droppingFirst: sent)
      sent += try line.socket.send(rest, descriptors: descriptors, waiting: true) ?? 0
      descriptors = []
    }
  }

  /// Sends bytes again and again until the socket takes no more. The daemon isn't reading.
  public func fill(with bytes: [UInt8]) throws {
    let line = try held
    while try line.socket.send(bytes.span) == bytes.count {}
  }

  /// Sends text as a message, or several of them, each ended by a NUL that is in it.
  public func send(_ text: String) throws { try send(bytes: text.utf8) }

  /// Sends a call and doesn't wait for anything.
  public func send(_ call: Call, descriptors: [FileDescriptor] = []) throws {
    try send(bytes: call.encoded(), descriptors: descriptors)
  }

  /// Calls a method and waits for its only reply.
  public func call(_ method: String, _ parameters: JSONObject = [:]) throws -> Reply {
    try send(Call(method, parameters))
    return try next()
  }

  /// Says that it sends no more. shutdown(2)
  public func halfClose() throws {
    try held.socket.shutdownWriting()
  }

  public func close() { line = nil }

  /// Gives the connection to a process that does nothing with it but hold it, and keeps none.
  public func handOver(to arguments: [String] = ["/bin/sleep", "infinity"]) throws -> TestProcess {
    var specification = TestProcess.Specification(arguments)
    specification.passing = [try descriptor]
    let holder = try TestProcess(specification)
    close()
    return holder
  }

  /// A process that holds the connection, too.
  public func share(with arguments: [String] = ["/bin/sleep", "infinity"]) throws -> TestProcess {
    var specification = TestProcess.Specification(arguments)
    specification.passing = [try descriptor]
    return try TestProcess(specification)
  }

  // MARK: what it hears

  /// The next reply. Throws where the daemon closes the connection instead.
  public func next() throws -> Reply {
    guard let reply = try nextOrEnd() else { throw TestFailure("the daemon closed the connection") }
    return reply
  }

  /// The next reply, or `nil` at the end of the connection.
  public func nextOrEnd() throws -> Reply? {
    while true {
      try waitToRead(try descriptor, "a reply")
      switch try look() {
      case .reply(let reply): return reply
      case .end: return nil
      case .nothing: continue
      }
    }
  }

  /// Whether there is nothing to be read, not even the end of the connection.
  public func isQuiet() throws -> Bool { try !isReadable(try descriptor) }

  private enum Look {
    case reply(Reply), nothing, end
  }

  private func look() throws -> Look {
    switch try reader.next(from: held.socket, by: buffer) {
    case .message(let bytes, _): return .reply(try Reply(parsing: bytes))
    case .wouldBlock: return .nothing
    case .endOfStream(midMessage: false): return .end
    case .endOfStream(midMessage: true): throw TestFailure("the daemon closed in mid-message")
    case .violation(let violation):
      throw TestFailure("the daemon sent what is no message: \(violation)")
    }
  }

  /// The socket, lent.
  public var descriptor: FileDescriptor {
    get throws { try held.socket.descriptor.raw }
  }

  private var held: Line {
    get throws {
      guard let line else { throw TestFailure("the client has closed its connection") }
      return line
    }
  }
}
