internal import Dispatch
internal import Glibc
internal import JobProtocol
internal import LinuxSystem
internal import SystemPackage
internal import Varlink
internal import VarlinkSocket

/// A connection to jobd on which one call was made, waited for without holding a thread.
///
/// Nothing is read before it is asked for: a program that is slow to look at a job's output slows
/// down that job, and buffers no more than what the socket holds.
actor Connection {
  private var connection: VarlinkClientConnection
  /// Open as long as this object is there.
  private nonisolated let socket: FileDescriptor

  private init(_ connection: consuming sending VarlinkClientConnection) {
    self.socket = connection.descriptor
    self.connection = connection
  }

  /// Connects and makes a call, waiting for a place in jobd's queue and for room in the socket, unless the task
  /// is cancelled. Descriptors are lent until this returns.
  static func open(
    _ address: ServiceAddress, _ call: Call, descriptors: [FileDescriptor] = []
  ) async throws(JobClientError) -> Connection {
    let connection = try await Connection(connected(to: address))
    try await connection.send(call, descriptors)
    return connection
  }

  private static func connected(
    to address: ServiceAddress
  ) async throws(JobClientError) -> sending VarlinkClientConnection {
    while !Task.isCancelled {
      do throws(VarlinkClientError) {
        return try VarlinkClientConnection(connectingTo: address, waiting: false)
      } catch {
        guard case .system(let system) = error, system.errno == .resourceTemporarilyUnavailable
        else { throw JobClientError(error, address) }
      }
      // The queue is full, and nothing tells that it no longer is. connect(2)
      try? await Task.sleep(for: .milliseconds(5))
    }
    throw .cancelled
  }

  private func send(_ call: Call, _ descriptors: [FileDescriptor]) async throws(JobClientError) {
    do throws(VarlinkClientError) {
      var call = try OutgoingCall(call, descriptors: descriptors)
      while try !connection.send(&call) {
        if Task.isCancelled { break }
        await ready { DispatchSource.makeWriteSource(fileDescriptor: $0, queue: .global()) }
      }
    } catch {
      throw Task.isCancelled ? .cancelled : JobClientError(error, nil)
    }
    if Task.isCancelled { throw .cancelled }
  }

  /// The next reply that is a result.
  ///
  /// Cancelling the task closes the connection, whatever hangs on it.
  func reply() async throws(JobClientError) -> Reply {
    while true {
      if Task.isCancelled {
        close()
        throw .cancelled
      }
      switch try arrival() {
      case .reply(let reply):
        if let error = reply.error { throw JobClientError(error) }
        return reply
      case .endOfStream: throw Task.isCancelled ? .cancelled : .disconnected
      case .nothing:
        await ready { DispatchSource.makeReadSource(fileDescriptor: $0, queue: .global()) }
      }
    }
  }

  /// Says that no more calls come: a job that hangs on the connection is cancelled, and its end
  /// can still be read.
  nonisolated func halfClose() {
    _ = shutdown(socket.rawValue, Int32(SHUT_WR))
  }

  /// Ends the connection for jobd now, and for us at the next look.
  nonisolated func close() {
    _ = shutdown(socket.rawValue, Int32(SHUT_RDWR))
  }

  private func arrival() throws(JobClientError) -> VarlinkClientConnection.Arrival {
    do throws(VarlinkClientError) {
      return try connection.receiveIfAvailable()
    } catch {
      throw JobClientError(error, nil)
    }
  }

  /// Waits until the socket can be read or written, its end included. Cancelling the task ends it.
  private func ready(_ source: @Sendable (CInt) -> any DispatchSourceProtocol) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let source = source(socket.rawValue)
        source.setEventHandler { source.cancel() }
        source.setCancelHandler { continuation.resume() }
        source.activate()
      }
    } onCancel: {
      close()
    }
  }
}

extension JobClientError {
  /// - Parameter address: what was being connected to; `nil` once that had been done.
  fileprivate init(_ error: VarlinkClientError, _ address: ServiceAddress?) {
    switch error {
    case .system(let error):
      if let address {
        self = .unreachable(address, error)
      } else {
        let isGone = error.errno == .brokenPipe || error.errno == .connectionReset
        self = isGone ? .disconnected : .system(error)
      }
    case .brokenOff: self = .disconnected
    case .tooLong(let bytes, let limit): self = .tooLong(bytes: bytes, limit: limit)
    case .tooManyValues(let count, let limit): self = .tooManyValues(count: count, limit: limit)
    case .unsupportedAddress, .violation, .malformed: self = .notUnderstood("\(error)")
    }
  }

  fileprivate init(_ error: VarlinkError) {
    // An error of io.jobd with parameters that aren't its own is told as it came.
    if let known = try? JobdError(name: error.name, parameters: error.parameters) {
      self = .refused(known)
    } else {
      self = .varlink(error)
    }
  }
}
