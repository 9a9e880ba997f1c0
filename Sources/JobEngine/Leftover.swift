/// What a finished job left: a leaf that could not be removed yet.
struct Leftover: Hashable, Sendable {
  /// Processes survived SIGKILL in it.
  let isStuck: Bool
  var retry: Recheck
}
