internal import CLinux

/// One limit of a process: what it may use, and how far it may raise that itself.
///
/// getrlimit(2)
public struct ResourceLimit: Hashable, Sendable {
  /// Which one, by the kernel's number.
  public struct Resource: RawRepresentable, Hashable, Sendable {
    public var rawValue: Int32

    /// By the kernel's number, RLIMIT_...
    public init(rawValue: Int32) {
      self.rawValue = rawValue
    }

    /// One more than the highest number of an open descriptor.
    public static let openFiles = Resource(rawValue: 7)
    /// The size of a core dump.
    public static let coreSize = Resource(rawValue: 4)

    static var all: [Resource] {
      (0..<Int32(CLINUX_LIMITS)).map(Resource.init(rawValue:))
    }
  }

  /// The value that means no limit.
  public static let unlimited = UInt64.max

  /// What is limited.
  public var resource: Resource
  /// What counts.
  public var soft: UInt64
  /// How far the soft one may be raised.
  public var hard: UInt64

  /// A limit, to be applied.
  public init(_ resource: Resource, soft: UInt64, hard: UInt64) {
    self.resource = resource
    self.soft = soft
    self.hard = hard
  }

  /// The limit of this process.
  public static func current(_ resource: Resource) throws(SystemError) -> ResourceLimit {
    var limit = clinux_limit()
    _ = try checked(unsafe clinux_get_limit(resource.rawValue, &limit), "getrlimit")
    return ResourceLimit(resource, soft: limit.soft, hard: limit.hard)
  }

  /// Every limit of this process: to be taken before it changes its own, for its children.
  public static func allCurrent() throws(SystemError) -> [ResourceLimit] {
    var limits: [ResourceLimit] = []
    for resource in Resource.all { limits.append(try current(resource)) }
    return limits
  }

  /// Makes this the limit of this process.
  ///
  /// setrlimit(2): EPERM for a hard limit above the one that was.
  public func apply() throws(SystemError) {
    var limit = clinux_limit(resource: resource.rawValue, soft: soft, hard: hard)
    _ = try checked(unsafe clinux_set_limit(&limit), "setrlimit")
  }

  /// Raises the soft limit as far as that is allowed: to the hard one.
  public func raise() {
    var raised = self
    raised.soft = hard
    // To set what is allowed can't fail.
    try? raised.apply()
  }
}
