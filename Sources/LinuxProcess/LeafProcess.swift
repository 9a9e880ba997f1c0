internal import LinuxSystem

/// A process in a leaf, for people: why is it still there?
public struct LeafProcess: Hashable, Sendable {
  /// Its pid, as it was when looked at.
  public var pid: Int32
  /// Its name, up to 15 bytes.
  public var command: String
  /// As in `/proc/PID/stat`: `D` is uninterruptible sleep. proc(5)
  public var state: String
  /// The function of the kernel that it sleeps in, where the kernel says so.
  public var waitChannel: String?
}

extension Cgroup {
  /// Those that are still in it or below it, at most `limit`.
  borrowing func processes(limit: Int) -> [LeafProcess] {
    LeafProcess.first(limit, of: treeMembers())
  }
}

extension JobLeaf {
  /// The processes of the job that are still there, at most `limit`.
  public borrowing func processes(limit: Int) -> [LeafProcess] { cgroup.processes(limit: limit) }
}

extension LeafProcess {
  /// The control group that a process is in, or was in when it ended, until it is reaped; `nil` where that can't be
  /// told.
  public static func controlGroup(of pid: Int32) -> String? { ProcessStatus.cgroup(of: pid) }

  /// Those that are still there, at most so many of them.
  ///
  /// Each is looked at once: a lazy sequence would look again, and find that one has gone.
  static func first(_ limit: Int, of pids: [Int32]) -> [LeafProcess] {
    var processes: [LeafProcess] = []
    for pid in pids where processes.count < limit {
      if let process = LeafProcess(pid: pid) { processes.append(process) }
    }
    return processes
  }

  /// `nil` for one that is gone.
  init?(pid: Int32) {
    guard let stat = try? SmallFile.readText("/proc/\(pid)/stat"),
      // The name is in parentheses and may have any in it: what follows the last one counts.
      let opening = stat.firstIndex(of: "("), let closing = stat.lastIndex(of: ")"),
      let state = stat[closing...].split(separator: " ").dropFirst().first
    else { return nil }
    self.pid = pid
    self.command = String(stat[stat.index(after: opening)..<closing])
    self.state = String(state)
    let channel = try? SmallFile.readText("/proc/\(pid)/wchan")
    // "0": it runs, or we may not know.
    self.waitChannel = channel.flatMap { $0 == "0" || $0.isEmpty ? nil : $0 }
  }
}
