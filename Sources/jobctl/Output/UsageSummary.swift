internal import JobProtocol

/// What a job used, in one line.
enum UsageSummary {
  /// `nil` if the kernel accounted for nothing.
  static func text(_ usage: Usage) -> String? {
    let parts = [
      (usage.cpuUserUSec ?? usage.mainUserUSec).map { time($0) + " user" },
      (usage.cpuSystemUSec ?? usage.mainSystemUSec).map { time($0) + " system" },
      memory(usage),
      usage.tasksPeak.map { "\($0) tasks at most" },
      usage.ioReadBytes.map { Quantity.bytes($0) + " read" },
      usage.ioWriteBytes.map { Quantity.bytes($0) + " written" },
      usage.oomKills.flatMap { $0 == 0 ? nil : "\($0) killed for want of memory" },
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private static func time(_ microseconds: Int) -> String {
    Quantity.duration(microseconds: microseconds)
  }

  private static func memory(_ usage: Usage) -> String? {
    if let peak = usage.memoryPeakBytes { return Quantity.bytes(peak) + " at most" }
    return usage.mainPeakResidentBytes.map { Quantity.bytes($0) + " resident at most" }
  }
}
