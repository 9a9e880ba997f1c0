import JobEngine
import LinuxSystem
import Logging
import SystemPackage
import Varlink
import VarlinkSocket

/// One client: its socket, its calls, and its line.
///
/// The line is watched at all times, whatever is being read or written: a client that sends nothing and
/// is sent nothing still ends its job by going away, and a call that it sent behind `Run`, and that isn't
/// read before that is done, can't hide its going.
final class Connection {
  /// Bytes that may wait to be written before a job's output isn't read any further.
  static let outputRoomBytes = 256 * 1024
  /// Calls of one client that are carried out in one turn of the loop, so that others are served.
  private static let callsPerTurn = 16
  /// Bytes of one client that are read in one turn of the loop, for the same reason: as much as a Unix socket holds.
  private static let bytesPerTurn = 256 * 1024

  let id: ClientID
  let peer: Peer
  private var socket: ServerSocket
  private unowned let server: Server
  private var reader = MessageReader()
  private var machine = ServerConnection()
  private var watch: Watch?
  private var line = Line.held
  private var isInTurn = false
  /// The socket had no room the last time. The loop says when it has.
  private var isFull = false
  /// There is something that isn't to be read yet: the client has sent it behind the call that is carried out.
  private var isInputWaiting = false
  private var place = Place.unneeded
  /// What comes next brings descriptors, and isn't read while few are left: ``DescriptorShortage``.
  private var isInShortage = false

  /// One for a long message that has begun: ``LongMessages``.
  private enum Place {
    case unneeded
    /// Nothing is read before there is one.
    case awaited
    case had
  }

  private enum Line: Hashable {
    case held
    /// The client sends no more. It may still listen.
    case halfClosed
    /// Nobody listens. Calls that came before are still carried out.
    case closed
  }

  /// The client has asked for a job.
  var hasRunJobs = false
  /// The client has room for more of its job's output.
  var whenRoom: (() -> Void)?
  /// Everything that was to be written has been.
  var whenWritten: (() -> Void)?

  init(_ id: ClientID, _ peer: Peer, _ socket: consuming ServerSocket, _ server: Server) {
    self.id = id
    self.peer = peer
    self.socket = socket
    self.server = server
  }

  // Before the descriptor that it watches is closed.
  isolated deinit {
    watch = nil
  }

  func open(on watchlist: Watchlist) throws(SystemError) {
    watch = try Watch(watchlist, socket.socket.descriptor.raw, [.input, .readHangUp]) {
      [unowned self] events in turn(events)
    }
  }

  // MARK: the loop's turns

  /// Does what can be done now, and waits for what can happen next.
  private func turn(_ events: IOSource.Events) {
    // A reply that is given within a turn is part of it.
    guard !isInTurn else { return }
    isInTurn = true
    if !events.isDisjoint(with: [.hangUp, .error]) {
      lineEnded(.closed)
    } else if events.contains(.readHangUp) {
      lineEnded(.halfClosed)
    }
    if events.contains(.output) { write() }
    if events.contains(.input) { isInputWaiting = true }
    if isInputWaiting || line != .held { read() }
    isInTurn = false
    waitForMore()
  }

  private func waitForMore() {
    guard let watch else { return }
    // Nobody is there, and everything that came was carried out.
    if machine.isFinished || (line == .closed && machine.isReading) { return close() }

    var events: IOSource.Events = []
    if line != .closed {
      // Also while nothing is to be read: to say so to the kernel takes two system calls a job, and a client
      // that sends something meanwhile is the exception.
      let isWanted = machine.isReading || (line == .held && !isInputWaiting)
      if isWanted, place != .awaited, !isInShortage { events.insert(.input) }
      if !machine.outgoing.isEmpty { events.insert(.output) }
      // A hang-up is reported as long as anything is asked for.
      events.insert(line == .held ? .readHangUp : .hangUpOnly)
    }
    watch.events = events
  }

  private func lineEnded(_ ending: Line) {
    guard line != ending, line != .closed else { return }
    line = ending
    if ending == .closed { machine.outgoing.removeAll() }
    // Where calls are still to be read, the one under way has to be finished first.
    let unread = unreadBytes
    let isOver = ending == .closed && (unread ?? 0) == 0
    // Otherwise more may come.
    if isOver, unread == 0 { socket.isReadToEnd = true }
    server.lineEnded(self, isOver ? .closed : .halfClosed)
    if isOver { close() }
  }

  /// Whether there are some, that is: one at most. 0 at the end of the stream, `nil` where there are none.
  private var unreadBytes: Int? {
    var byte: [UInt8] = [0]
    return (try? socket.socket.peek(into: &byte))?.count
  }

  // MARK: reading and writing

  private func read() {
    var calls = Connection.callsPerTurn
    var bytes = Connection.bytesPerTurn
    while watch != nil, machine.isReading, line == .closed || (calls > 0 && bytes > 0) {
      calls -= 1
      let allowed = bytesAllowed(of: bytes)
      var left = allowed
      guard allowed > 0, readMessage(&left) else { return }
      bytes -= allowed - left
    }
  }

  /// How many bytes may be read, if no message ends before.
  private func bytesAllowed(of bytes: Int) -> Int {
    // What is left is what the socket holds.
    if line == .closed { return .max }
    if place == .unneeded, reader.partialBytes >= LongMessages.shortBytes { requestPlace() }
    switch place {
    case .unneeded: return min(bytes, LongMessages.shortBytes - reader.partialBytes)
    case .awaited: return 0
    case .had: return bytes
    }
  }

  private func requestPlace() {
    if server.requestPlace(for: self) {
      place = .had
    } else {
      place = .awaited
      // It isn't the client that we wait for.
      server.patience.met(by: id)
    }
  }

  /// There is a place for its long message.
  func placeGiven() {
    place = .had
    server.patience.begin(for: self)
    waitForMore()
  }

  private func waitForRoom() {
    isInShortage = true
    // It isn't the client that we wait for. Who has begun a message, and holds what came with that, has no longer for it.
    if !reader.isInMidMessage { server.patience.met(by: id) }
    server.shortage.wait(for: self)
  }

  /// There is room again for descriptors.
  func shortageOver() {
    isInShortage = false
    server.patience.begin(for: self)
    waitForMore()
  }

  private func leavePlace() {
    guard place != .unneeded else { return }
    place = .unneeded
    server.leavePlace(id)
  }

  /// - Returns: There may be another one, or more of the same.
  private func readMessage(_ bytes: inout Int) -> Bool {
    // Whether there is more behind it the loop says.
    isInputWaiting = false
    do {
      switch try reader.next(
        from: socket.socket, by: server.receiveBuffer, within: &bytes,
        takesDescriptors: server.budget.hasRoomForMessage)
      {
      case .message(let message, let descriptors):
        server.patience.met(by: id)
        leavePlace()
        received(message, descriptors)
        return true
      case .wouldBlock:
        if reader.isBeforeDescriptors { waitForRoom() }
        guard reader.isInMidMessage else { return false }
        if reader.holdsDescriptors(from: server.budget.firstReserved) {
          server.log.warning(
            "closing a connection: with the descriptors of a call that isn't whole too few would be left",
            metadata: metadata)
          close()
          return false
        }
        server.patience.begin(for: self)
        return bytes == 0
      case .endOfStream(let midMessage):
        if midMessage { server.log.info("a client left in mid-message", metadata: metadata) }
        server.patience.met(by: id)
        socket.isReadToEnd = true
        lineEnded(.halfClosed)
        machine.stoppedReading()
        return false
      case .violation(let violation):
        server.log.warning("closing a connection: \(violation)", metadata: metadata)
        close()
        return false
      }
    } catch {
      server.log.warning("closing a connection: \(error)", metadata: metadata)
      close()
      return false
    }
  }

  private func received(_ message: [UInt8], _ descriptors: consuming PassedDescriptors) {
    switch machine.received(message, for: server.methods.service) {
    case .answered:
      write()
    case .invoke(let invocation):
      server.methods.invoke(invocation, by: self, passing: descriptors)
    case .refused(let violation):
      server.log.warning("closing a connection: \(violation)", metadata: metadata)
    }
  }

  private func write() {
    let hadRoom = hasRoom
    if line == .closed { machine.outgoing.removeAll() }
    do {
      isFull = try !machine.outgoing.write(to: socket.socket)
      if !isFull { whenWritten?() }
    } catch let error where error.errno == .brokenPipe || error.errno == .connectionReset {
      // The peer is gone, and its hang-up is on its way to us.
      machine.outgoing.removeAll()
    } catch {
      // The kernel has no memory for it. What a client isn't told it must not wait for: it is to see the
      // end of the connection instead.
      server.log.warning("closing a connection: \(error)", metadata: metadata)
      lineEnded(.closed)
    }
    if hasRoom, !hadRoom { whenRoom?() }
  }

  /// Ends the connection, whatever is under way on it.
  func close() {
    guard watch != nil else { return }
    watch = nil
    _ = machine.disconnected()
    server.closed(self)
  }

  // MARK: replies

  /// The client can take another piece of output.
  var hasRoom: Bool { machine.outgoing.count < Connection.outputRoomBytes }

  /// Nothing waits to be written.
  var isWritten: Bool { machine.outgoing.isEmpty }

  /// The call that is being processed gets more than one reply, and somebody is there to hear them.
  var takesProgress: Bool { machine.takesProgress && line != .closed }

  /// The client hasn't ended its line in any way.
  var holdsLine: Bool { line == .held }

  func progress(encoded reply: [UInt8]) {
    machine.progress(encoded: reply)
    replied()
  }

  func finish(_ parameters: JSONObject) {
    machine.finish(parameters)
    replied()
  }

  func finish(encoded reply: [UInt8]) {
    machine.finish(encoded: reply)
    replied()
  }

  func fail(_ error: VarlinkError) {
    machine.fail(error)
    replied()
  }

  private func replied() {
    if !isFull || line == .closed { write() }
    turn([])
  }

  private var metadata: Logger.Metadata {
    ["clientPid": "\(peer.pid)", "clientUid": "\(peer.uid)"]
  }
}
