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

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    let reader = Reader(object: object, path: path)
    for (name, field) in Self.fields { self[keyPath: field] = try reader.optionalInt(name) }
  }

  public var wire: JSONObject {
    var object = JSONObject()
    for (name, field) in Self.fields { object.set(name, self[keyPath: field]) }
    return object
  }

  private static var fields: [(String, WritableKeyPath<Usage, Int?>)] {
    [
      ("cpuUSec", \.cpuUSec), ("cpuUserUSec", \.cpuUserUSec), ("cpuSystemUSec", \.cpuSystemUSec),
      ("mainUserUSec", \.mainUserUSec), ("mainSystemUSec", \.mainSystemUSec),
      ("mainPeakResidentBytes", \.mainPeakResidentBytes), ("memoryPeakBytes", \.memoryPeakBytes),
      ("oomKills", \.oomKills), ("tasksPeak", \.tasksPeak), ("ioReadBytes", \.ioReadBytes),
      ("ioWriteBytes", \.ioWriteBytes),
    ]
  }
}
