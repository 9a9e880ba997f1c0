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

  public var wire: JSONObject {
    var object = JSONObject()
    object.set("cpuUSec", cpuUSec)
    object.set("cpuUserUSec", cpuUserUSec)
    object.set("cpuSystemUSec", cpuSystemUSec)
    object.set("mainUserUSec", mainUserUSec)
    object.set("mainSystemUSec", mainSystemUSec)
    object.set("mainPeakResidentBytes", mainPeakResidentBytes)
    object.set("memoryPeakBytes", memoryPeakBytes)
    object.set("oomKills", oomKills)
    object.set("tasksPeak", tasksPeak)
    object.set("ioReadBytes", ioReadBytes)
    object.set("ioWriteBytes", ioWriteBytes)
    return object
  }
}
