import JobEngine
import LinuxSystem
import Logging
import SystemPackage
import VarlinkSocket

/// The sockets: those that listen, and the connections that came from them.
final class Server {
  let log: Logger
  let patience: Patience
  /// One for all connections: an idle one holds no memory for reading.
  let receiveBuffer = ReceiveBuffer()
  let methods: Methods

  private let loop: EventLoop
  private let watchlist: Watchlist
  let budget: DescriptorBudget
  let shortage: DescriptorShortage
  private var listeners: [Listener] = []
  private var connections: [ClientID: Connection] = [:]
  private var lastID = 0
  private var users: ConnectionCounts
  private var longMessages = LongMessages()

  /// What hears of the ends of lines.
  var lineEnded: (Connection, JobEngine.LineEnding) -> Void = { _, _ in }
  /// What hears that a client has gone, and ``isDeserted`` may have come true.
  var connectionClosed: (ClientID) -> Void = { _ in }
  private var whenFlushed: (() -> Void)?
  private var flushTimer: TimerSource?

  /// How long clients have, at the end, to read what they are owed, in microseconds.
  private static let flushPeriod = 2_000_000

  init(
    _ loop: EventLoop, _ methods: Methods, _ budget: DescriptorBudget, log: Logger
  ) throws(SystemError) {
    self.loop = loop
    self.budget = budget
    self.users = ConnectionCounts(max: budget.connectionsPerUser)
    self.methods = methods
    self.log = log
    self.patience = try Patience(loop)
    self.shortage = try DescriptorShortage(loop, budget, log: log)
    watchlist = try Watchlist(loop, priority: .lines)
    flushTimer = try TimerSource(loop) { [unowned self] in endFlush() }
  }

  func connection(_ id: ClientID) -> Connection? { connections[id] }

  /// No client is there, and none can come.
  var isDeserted: Bool { listeners.isEmpty && connections.isEmpty }

  /// Takes connections from a socket that listens.
  func listen(on socket: consuming UnixSocket) throws(SystemError) {
    listeners.append(
      try Listener(loop, socket, budget, accepted: { [unowned self] in add($0) }, log: log))
  }

  /// Serves a client that is connected already. Why it can't be served is logged before the client sees its end.
  func add(_ socket: consuming UnixSocket) {
    let socket = ServerSocket(socket)
    do {
      let peer = try socket.socket.peer
      guard users.hasRoom(for: Int(peer.uid)) else {
        if users.isNews(of: Int(peer.uid)) {
          log.warning(
            "a user has as many connections as one may have; closing further ones",
            metadata: ["clientUid": "\(peer.uid)", "connectionsMax": "\(users.max)"])
        }
        return
      }
      lastID += 1
      serve(
        Connection(
          ClientID(rawValue: lastID), Peer(uid: Int(peer.uid), pid: Int(peer.pid)), socket, self))
    } catch {
      couldNotServe(error)
    }
  }

  private func serve(_ connection: Connection) {
    do {
      try connection.open(on: watchlist)
    } catch {
      return couldNotServe(error)
    }
    connections[connection.id] = connection
    users.opened(by: connection.peer.uid)
    patience.begin(for: connection)
  }

  private func couldNotServe(_ error: SystemError) {
    log.warning("a connection could not be served: \(error)")
  }

  func closed(_ connection: Connection) {
    patience.met(by: connection.id)
    leavePlace(connection.id)
    shortage.left(connection.id)
    connections[connection.id] = nil
    users.closed(by: connection.peer.uid)
    resumeAccepting()
    flushedIfAll()
    connectionClosed(connection.id)
  }

  /// - Returns: There is a place for a long message. Otherwise its ``Connection/placeGiven()`` is called once there is.
  func requestPlace(for connection: Connection) -> Bool {
    longMessages.request(by: connection.id, of: connection.peer.uid)
  }

  /// The client's message is whole, or it has gone.
  func leavePlace(_ client: ClientID) {
    if let next = longMessages.leave(client) { connections[next]?.placeGiven() }
  }

  /// Descriptors were closed: if connections had to wait for want of them, there is room again.
  func resumeAccepting() {
    for listener in listeners { listener.resume() }
  }

  // MARK: the end

  /// Takes no further connection.
  func stopListening() {
    listeners = []
  }

  /// Calls back once all clients have been written what they are owed, or it has been tried long
  /// enough.
  func flush(then flushed: @escaping () -> Void) {
    whenFlushed = flushed
    for connection in connections.values {
      connection.whenWritten = { [unowned self] in flushedIfAll() }
    }
    flushTimer?.arm(at: Moment.monotonic + Server.flushPeriod)
    flushedIfAll()
  }

  private func flushedIfAll() {
    // Asked for each connection that is closed: all are looked at only where somebody waits.
    guard whenFlushed != nil, connections.values.allSatisfy(\.isWritten) else { return }
    endFlush()
  }

  private func endFlush() {
    guard let flushed = whenFlushed else { return }
    whenFlushed = nil
    flushed()
  }
}
