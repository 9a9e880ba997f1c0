import JobEngine
import JobProtocol

/// What one job's processes, its leaf and the machine under them will do. Periods are microseconds;
/// `nil` is never.
struct Program {
  /// One process.
  struct Behavior {
    /// From its birth to its end, if nobody interferes.
    var lives: Int?
    /// From being asked to its end.
    var obeysAfter: Int?
    /// From SIGKILL to its end: not at once on a loaded machine, never in uninterruptible sleep.
    var diesAfter: Int?
  }

  /// How its making goes.
  struct Birth {
    /// From the start to the clone: on a thread, behind others.
    var clonedAfter: Int
    /// From the clone to the exec, or to its failure.
    var execAfter: Int?
    var failure: StartFailure?
  }

  var request: RunRequest
  var birth: Birth
  var main: Behavior
  var exit: MainExit
  /// Processes killed for want of memory.
  var oomKills: Int
  /// Others of the tree, and when they are forked, counted from the exec.
  var children: [(forkedAfter: Int, Behavior)]
  /// Processes that a fork has under way while the tree is killed, and that it so misses.
  var missedByKill: Int
  /// How long the kernel refuses to remove the leaf when it is empty.
  var leafBusyFor: Int?
  /// Time that the client's reading of what is left in the pipes takes.
  var drainsFor: Int
  /// Chance in percent that the daemon answers later what it usually answers at once.
  var lateness: Int
  /// Longest time that threads take for what they are told to do.
  var threadLatency: Int
  /// Notifications that mean nothing.
  var spuriousChanges: Int
  /// Tries to look at the tree, or to watch it, that fail.
  var failedLooks: Int
  /// Kills that reach nobody.
  var failedKills: Int
  /// Nobody hears that he is asked.
  var isDeaf: Bool
  /// Neither what it used nor who survived can be read.
  var isOpaque: Bool
}

extension Program: CustomStringConvertible {
  /// What is out of the ordinary about it.
  var description: String {
    var text = "waits for \(request.waitsFor), \(request.stop.summary), "
    text += "grace \(request.stop.gracePeriod); "
    text += "cloned after \(birth.clonedAfter), "
    text += birth.failure.map { "fails at \($0.step) with \($0.errno) " } ?? "executed "
    text += "after \(birth.execAfter.text); main \(main); ends with \(exit.status)"
    if oomKills > 0 { text += ", out of memory" }
    for (after, child) in children { text += "; child after \(after) \(child)" }
    if missedByKill > 0 { text += "; a kill misses \(missedByKill)" }
    if leafBusyFor != 0 { text += "; leaf busy for \(leafBusyFor.text)" }
    if drainsFor > 0 { text += "; output drains for \(drainsFor)" }
    if failedLooks > 0 { text += "; \(failedLooks) looks fail" }
    if failedKills > 0 { text += "; \(failedKills) kills fail" }
    if isDeaf { text += "; deaf" }
    if isOpaque { text += "; opaque" }
    return "{" + text + "; late \(lateness) %, threads \(threadLatency)}"
  }
}

extension Program.Behavior: CustomStringConvertible {
  var description: String {
    "lives \(lives.text), obeys after \(obeysAfter.text), dies after \(diesAfter.text)"
  }
}

extension Int? {
  fileprivate var text: String { map(String.init) ?? "never" }
}
