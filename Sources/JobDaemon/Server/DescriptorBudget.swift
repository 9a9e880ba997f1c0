import LinuxSystem
import SystemPackage
import Varlink

/// How many descriptors there may be, and for whom.
///
/// A part is kept in reserve, for without descriptors a job can't be killed, looked at or cleaned up after: no
/// connection is taken, nothing passed is held and no job is started with one of the reserve. What a message brings
/// may be of it until it is closed, which may take as long as a client likes: so there is a part that no message
/// reaches (``DescriptorShortage``). The kernel always gives the lowest
/// number that is free, so that a high number says that few are left, and costs nothing to find out.
struct DescriptorBudget {
  /// Descriptors have lower numbers than this. getrlimit(2), RLIMIT_NOFILE
  let limit: Int

  /// Enough for each of the threads that kill or remove jobs to have several open, for each of those that start
  /// some to get one, and for the most that one message can bring (``VarlinkLimits/descriptorsPerMessage``) in
  /// between; of small limits, less.
  private static let reserveMax = 512

  init(openFiles limit: ResourceLimit) {
    self.limit = Int(clamping: limit.soft)
  }

  /// What no message may bring is enough for all that is done at a time.
  private static let keptMin = 128

  /// The first number of the reserve.
  var firstReserved: Int { limit - min(Self.reserveMax, limit / 8) }

  /// Where this number is the next, no message is read that brings descriptors. Limits of less than some 3,000 have too
  /// small a reserve: there no part of it is out of reach.
  var firstUnread: Int {
    max(firstReserved, limit - VarlinkLimits.descriptorsPerMessage - Self.keptMin)
  }

  /// Connections of one user, root's and the service's own among them: three quarters of what there may
  /// be, as sd-varlink has it for all, so that one user's clients, gone wild, leave room for another's.
  var connectionsPerUser: Int { limit / 4 * 3 }

  func isReserved(_ descriptor: FileDescriptor) -> Bool {
    descriptor.rawValue >= firstReserved
  }

  /// - Throws: EMFILE for a descriptor of the reserve.
  func check(_ descriptor: FileDescriptor) throws(SystemError) {
    if isReserved(descriptor) { throw SystemError("open", errno: .tooManyOpenFiles) }
  }

  /// A descriptor that is opened now isn't of the reserve.
  var hasRoom: Bool {
    guard let probe = try? OwnedDescriptor.open("/dev/null", .readOnly) else { return false }
    return !isReserved(probe.raw)
  }

  /// What the next that is passed would be, which gets none of the ``LowNumbers``: the limit where there is none.
  var nextPassed: Int {
    guard let probe = try? OwnedDescriptor.open("/dev/null", .readOnly),
      let next = try? OwnedDescriptor.duplicate(of: probe.raw, from: LowNumbers.end)
    else { return limit }
    return Int(next.raw.rawValue)
  }
}
