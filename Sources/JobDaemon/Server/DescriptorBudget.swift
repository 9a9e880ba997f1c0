import LinuxSystem
import SystemPackage
import Varlink

/// How many descriptors there may be, and for whom.
///
/// A part is kept in reserve, for without descriptors a job can't be killed, looked at or cleaned up after: no
/// connection is taken, nothing passed is held and no job is started with one of the reserve. The kernel always gives the lowest
/// number that is free: so one of the reserve says that few are left, and costs nothing to find out. What a message
/// brings may be of it for as long as it takes to close: so none is read that could take all of it.
struct DescriptorBudget {
  /// Descriptors have lower numbers than this. getrlimit(2), RLIMIT_NOFILE
  let limit: Int

  /// Enough for each of the threads that kill or remove jobs to have several open, for each of those that start
  /// some to get one, and for the most that one message can bring (``VarlinkLimits/descriptorsPerMessage``) in
  /// between; of small limits, less.
  private static let reserveMax = 512

  /// What is done at a time takes no more, as a rule.
  private static let keptMin = 128

  /// As many as one message may take, with those that are kept from it; what is passed gets none of the low numbers.
  private static let messageMax =
    VarlinkLimits.descriptorsPerMessage + keptMin + Int(LowNumbers.end.rawValue)

  init(openFiles limit: ResourceLimit) {
    self.limit = Int(clamping: limit.soft)
  }

  private var reserve: Int { min(Self.reserveMax, limit / 8) }

  /// The first number of the reserve.
  var firstReserved: Int { limit - reserve }

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

  /// A message may be read, whatever it brings: what finds no room the kernel closes while it is read, and that may
  /// take as long as a client likes.
  ///
  /// Limits of less than 512 are too small for that. Of others below 4,096, the reserve is too small to be enough by itself.
  var hasRoomForMessage: Bool {
    guard LowNumbers.areMany else { return true }
    // Then none of the reserve was passed.
    if !SlowDescriptors.areHeld, reserve >= Self.messageMax { return true }
    // Numbers say nothing, as those of the reserve may be taken and lower ones free.
    guard let open = try? OpenFiles.count() else { return false }
    return open + Self.messageMax <= limit
  }
}
