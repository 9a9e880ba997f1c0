internal import CLinux
internal import LinuxSystem

/// What /proc says of a process, by its number.
///
/// proc(5)
enum ProcessStatus {
  /// The cgroup v2 of a process, as seen from here; `nil` when there is none of that number.
  static func cgroup(of pid: Int32) -> String? {
    guard let text = try? SmallFile.readText("/proc/\(pid)/cgroup") else { return nil }
    return unifiedCgroup(in: text)
  }

  /// The line of the hierarchy without controllers' names: `0::/path`.
  static func unifiedCgroup(in text: String) -> String? {
    let line = text.split(separator: "\n").first { $0.hasPrefix("0::") }
    return line.map { String($0.dropFirst(3)) }
  }

  /// Whether a process, dead or alive, has executed a program since it was forked; `nil` for one that has gone.
  static func wasExecuted(_ pid: Int32) -> Bool? {
    let answer = clinux_was_executed(pid)
    return answer < 0 ? nil : answer != 0
  }

  /// The process that a thread is of.
  static func process(ofThread tid: Int32) -> Int32? {
    guard let text = try? SmallFile.readText("/proc/\(tid)/status") else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix("Tgid:") }
    return line?.split(separator: "\t").last.flatMap { Int32($0) }
  }
}
