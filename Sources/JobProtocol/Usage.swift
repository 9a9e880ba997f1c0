public import Varlink

/// What a job used; `nil` where the kernel doesn't account for it.
public struct Usage: WireObject {
  /// CPU time of the whole tree, microseconds.
  public var cpuUSec: Int?
  public var cpuUserUSec: Int?
  public var cpuSystemUSec: Int?
  /// CPU time of the main process and of those of its children that it waited for, microseconds.
  public var mainUserUSec: Int?
  public var mainSystemUSec: Int?
  /// Largest resident set of any single one of these.
  public var mainPeakResidentBytes: Int?
  /// Most memory of the whole tree at one time, page cache included.
  public var memoryPeakBytes: Int?
  /// Processes killed for want of memory.
  public var oomKills: Int?
  /// Most tasks at one time.
  public var tasksPeak: Int?
  public var ioReadBytes: Int?
  public var ioWriteBytes: Int?

  public init() {}

  // Field by field: to make a table of key paths takes the runtime 270,000 instructions, in each jobctl.

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    let reader = Reader(object: object, path: path)
    cpuUSec = try reader.optionalInt("cpuUSec")
    cpuUserUSec = try reader.optionalInt("cpuUserUSec")
    cpuSystemUSec = try reader.optionalInt("cpuSystemUSec")
    mainUserUSec = try reader.optionalInt("mainUserUSec")
    mainSystemUSec = try reader.optionalInt("mainSystemUSec")
    mainPeakResidentBytes = try reader.optionalInt("mainPeakResidentBytes")
    memoryPeakBytes = try reader.optionalInt("memoryPeakBytes")
    oomKills = try reader.optionalInt("oomKills")
    tasksPeak = try reader.optionalInt("tasksPeak")
    ioReadBytes = try reader.optionalInt("ioReadBytes")
    ioWriteBytes = try reader.optionalInt("ioWriteBytes")
  }

  public func write(to members: inout some MemberSink & ~Copyable) {
    members.set("cpuUSec", cpuUSec)
    members.set("cpuUserUSec", cpuUserUSec)
    members.set("cpuSystemUSec", cpuSystemUSec)
    members.set("mainUserUSec", mainUserUSec)
    members.set("mainSystemUSec", mainSystemUSec)
    members.set("mainPeakResidentBytes", mainPeakResidentBytes)
    members.set("memoryPeakBytes", memoryPeakBytes)
    members.set("oomKills", oomKills)
    members.set("tasksPeak", tasksPeak)
    members.set("ioReadBytes", ioReadBytes)
    members.set("ioWriteBytes", ioWriteBytes)
  }
}
