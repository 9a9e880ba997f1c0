/// How many connections each user has.
struct ConnectionCounts {
  /// Most of one user.
  let max: Int
  private var counts: [Int: Int] = [:]
  /// Users that have too many, and of whom that was said.
  private var told: Set<Int> = []

  init(max: Int) {
    self.max = max
  }

  func hasRoom(for user: Int) -> Bool { counts[user, default: 0] < max }

  /// It is worth to be said that the user has too many: once, until they have become far fewer.
  mutating func isNews(of user: Int) -> Bool { told.insert(user).inserted }

  mutating func opened(by user: Int) {
    counts[user, default: 0] += 1
  }

  mutating func closed(by user: Int) {
    let count = counts[user, default: 0] - 1
    counts[user] = count > 0 ? count : nil
    if count < max / 2 { told.remove(user) }
  }
}
