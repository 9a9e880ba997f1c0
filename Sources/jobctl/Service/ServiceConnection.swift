internal import JobProtocol
internal import LinuxSystem
internal import SystemPackage
internal import Varlink
internal import VarlinkSocket

/// A connection to jobd, whose failures are said so that a person knows what to do.
struct ServiceConnection: ~Copyable {
  private var connection: VarlinkClientConnection

  /// - Parameter waiting: For a place in the queue of a jobd that is slow; it is a failure otherwise.
  init(to socket: JobdSocket, waiting: Bool = true) throws(Failure) {
    do throws(VarlinkClientError) {
      connection = try VarlinkClientConnection(connectingTo: socket.address, waiting: waiting)
    } catch {
      throw Unreachable(socket, error).failure
    }
  }

  /// To be polled.
  var descriptor: FileDescriptor { connection.descriptor }

  /// A call that can be sent. Descriptors are lent until it is.
  static func outgoing(
    _ call: Call, descriptors: [FileDescriptor] = []
  ) throws(Failure) -> OutgoingCall {
    do throws(VarlinkClientError) {
      return try OutgoingCall(call, descriptors: descriptors)
    } catch .tooLong(let bytes, let limit) {
      throw Failure(
        "the command line and the environment are too long: to be told to jobd they take \(bytes) bytes, "
          + "and \(limit) is the most")
    } catch .tooManyValues(let count, let limit) {
      throw Failure(
        "there are too many arguments and variables: to be told to jobd they take \(count) values, "
          + "and \(limit) is the most")
    } catch {
      throw Failure("\(error)")
    }
  }

  /// Sends a call, waiting for room.
  mutating func send(_ call: Call) throws(Failure) {
    var call = try Self.outgoing(call)
    _ = try send(&call, waiting: true)
  }

  /// Sends as much of a call as there is room for. That there is more will be known by the descriptor
  /// becoming writable.
  ///
  /// - Returns: Whether that was all.
  mutating func sendIfRoom(_ call: inout OutgoingCall) throws(Failure) -> Bool {
    try send(&call, waiting: false)
  }

  private mutating func send(_ call: inout OutgoingCall, waiting: Bool) throws(Failure) -> Bool {
    do throws(VarlinkClientError) {
      return try connection.send(&call, waiting: waiting)
    } catch .system(let error) where Self.isClosed(error) {
      throw Self.closed
    } catch {
      throw Failure("jobd doesn't take the call: \(error)")
    }
  }

  /// Waits for the next reply.
  mutating func receive() throws(Failure) -> Reply {
    do throws(VarlinkClientError) {
      if let reply = try connection.receive() { return reply }
    } catch .system(let error) where Self.isClosed(error) {
      throw Self.closed
    } catch {
      throw Failure("jobd can't be understood: \(error)")
    }
    throw Self.closed
  }

  /// The next reply if it is there, `nil` if not.
  mutating func receiveIfAvailable() throws(Failure) -> Reply? {
    let arrival: VarlinkClientConnection.Arrival
    do throws(VarlinkClientError) {
      arrival = try connection.receiveIfAvailable()
    } catch {
      throw Failure("jobd can't be understood: \(error)")
    }
    switch arrival {
    case .reply(let reply): return reply
    case .nothing: return nil
    case .endOfStream: throw Self.closed
    }
  }

  /// Says that no more calls come, which ends the job that hangs on the connection.
  func shutdownWrite() throws(Failure) {
    do throws(VarlinkClientError) {
      try connection.shutdownWrite()
    } catch {
      throw Failure("jobd can't be told: \(error)")
    }
  }

  /// jobd was there and answered no more.
  static var closed: Failure {
    Failure("jobd closed the connection; was it stopped, or have you too many open?")
  }

  /// It closed without having read what was sent. unix(7)
  private static func isClosed(_ error: SystemError) -> Bool {
    error.errno == .brokenPipe || error.errno == .connectionReset
  }
}

extension ServiceConnection {
  /// One call, one reply.
  mutating func call(
    _ method: JobdInterface.Method, _ parameters: JSONObject = [:]
  ) throws(Failure) -> JSONObject {
    try send(Call(method.rawValue, parameters))
    return try Self.parameters(of: receive())
  }

  /// What a reply carries, unless it is an error.
  static func parameters(of reply: Reply) throws(Failure) -> JSONObject {
    if let error = reply.error { throw Refusal(error).failure }
    return reply.parameters
  }
}

extension JobdSocket {
  /// The socket that an option, or the environment, names.
  init(option: OSString?) throws(Failure) {
    do throws(Missing) {
      try self.init(
        argument: option?.bytes, uid: ProcessContext.userID,
        environment: ProcessContext.variable)
    } catch {
      throw Unreachable.failure(error)
    }
  }
}
