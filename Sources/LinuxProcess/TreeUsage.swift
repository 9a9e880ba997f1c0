/// What the processes of a cgroup have used together; `nil` where the kernel doesn't account for
/// it, for want of a controller as a rule.
public struct TreeUsage: Hashable, Sendable {
  /// CPU time in microseconds.
  public var cpuUSec: Int?
  /// The part of it in programs.
  public var cpuUserUSec: Int?
  /// The part of it in the kernel.
  public var cpuSystemUSec: Int?
  /// The most memory at one time, page cache included.
  public var memoryPeakBytes: Int?
  /// Processes that the OOM killer ended.
  public var oomKills: Int?
  /// The most tasks at one time.
  public var tasksPeak: Int?
  /// Sums over all block devices.
  public var ioReadBytes: Int?
  /// As above.
  public var ioWriteBytes: Int?

  /// Nothing known.
  public init() {}
}

extension JobLeaf {
  /// What the job has used so far, all of its processes, dead or alive.
  public borrowing func usage() -> TreeUsage {
    var usage = TreeUsage()
    if let cpu = accounting.read("cpu.stat", of: cgroup).map(FlatKeyed.init) {
      usage.cpuUSec = cpu["usage_usec"]
      usage.cpuUserUSec = cpu["user_usec"]
      usage.cpuSystemUSec = cpu["system_usec"]
    }
    usage.memoryPeakBytes = number(in: "memory.peak")
    let events = accounting.read("memory.events", of: cgroup).map(FlatKeyed.init)
    usage.oomKills = events?["oom_kill"]
    usage.tasksPeak = number(in: "pids.peak")
    let io = accounting.read("io.stat", of: cgroup).map { String(decoding: $0, as: UTF8.self) }
    if let io {
      usage.ioReadBytes = Self.sum(of: "rbytes=", in: io)
      usage.ioWriteBytes = Self.sum(of: "wbytes=", in: io)
    }
    return usage
  }

  private borrowing func number(in file: String) -> Int? {
    accounting.read(file, of: cgroup).flatMap { text in
      Int(String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
  }

  /// `8:0 rbytes=1 wbytes=2 ...`, a line for each device.
  static func sum(of key: String, in text: String) -> Int {
    text.split(whereSeparator: \.isWhitespace).reduce(0) { sum, word in
      word.hasPrefix(key) ? sum + (Int(word.dropFirst(key.count)) ?? 0) : sum
    }
  }
}
