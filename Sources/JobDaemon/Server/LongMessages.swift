import DequeModule
import JobEngine

/// Who may hold the beginning of a long message.
///
/// The beginning of a short one anybody may hold; to read any further takes a place. Each has room for a whole message, so that
/// whoever has one can get to the end of his, for which he has no longer than ``Patience`` gives him: nobody waits for a
/// place for ever. What isn't read waits in the client's socket.
nonisolated struct LongMessages {
  /// Bytes of a message that take no place: as much as may wait for each client the other way
  /// (``VarlinkLimits/waitingReplyBytes``), and more than nearly any call has.
  static let shortBytes = 64 * 1024
  /// With 16 MiB in each, 256 MiB of messages that aren't whole.
  static let placesMax = 16
  /// Three quarters, as it is with connections: one user's clients leave room for another's.
  static let placesPerUser = 12

  private var holders: [ClientID: Int] = [:]
  private var waiting: [ClientID: Int] = [:]
  /// In the order in which they came, and among them some that wait no more.
  private var order: Deque<ClientID> = []

  private static let slack = 64

  /// - Returns: There is a place. Otherwise the client waits for one.
  mutating func request(by client: ClientID, of user: Int) -> Bool {
    if hasPlace(for: user) {
      holders[client] = user
      return true
    }
    waiting[client] = user
    order.append(client)
    return false
  }

  /// A client that had a place, or waited for one, or neither, needs none any more.
  ///
  /// - Returns: Who has got one instead.
  mutating func leave(_ client: ClientID) -> ClientID? {
    if waiting.removeValue(forKey: client) != nil { tidy() }
    guard holders.removeValue(forKey: client) != nil else { return nil }
    let next = order.first { waiting[$0].map(hasPlace) ?? false }
    guard let next, let user = waiting.removeValue(forKey: next) else { return nil }
    holders[next] = user
    tidy()
    return next
  }

  private func hasPlace(for user: Int) -> Bool {
    holders.count < Self.placesMax
      && holders.values.count { $0 == user } < Self.placesPerUser
  }

  /// No more of those that wait no more than of those that do, and some: to take one out of the middle takes no longer,
  /// however many are.
  private mutating func tidy() {
    if order.count > 2 * waiting.count + Self.slack { order.removeAll { waiting[$0] == nil } }
  }
}
