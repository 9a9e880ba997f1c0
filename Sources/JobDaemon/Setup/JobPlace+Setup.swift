import LinuxProcess
import LinuxSystem
import Logging
import SystemPackage

extension JobPlace {
  /// What `--cgroup` says where jobs are to do without.
  static let withoutControlGroups = "none"

  /// The place that the administrator means, ready for jobs, and how processes are made there.
  ///
  /// - Parameters:
  ///   - wish: `auto`, `none`, or the path of a control group.
  ///   - tag: Tells this service from others.
  ///   - lock: The daemon's own, for as long as it runs: what is left of a job holds it, too.
  static func prepare(
    _ wish: String, tag: String, lock: FileDescriptor?, log: Logger
  ) throws(DaemonError) -> (JobPlace, SpawnMethod) {
    guard wish == withoutControlGroups else {
      let root = try JobRoot.place(wish, tag: tag, log: log)
      do {
        let method = try root.makeReady(log: log)
        return (.controlGroup(SharedRoot(root)), method)
      } catch {
        // No guardian knows of it yet. What holds a process is left, and swept by the next daemon.
        try? root.remove()
        throw error
      }
    }
    do {
      // Descendants are found by it.
      _ = try SmallFile.read("/proc/self/stat")
    } catch {
      throw DaemonError("jobs can't be held together without control groups: \(error)")
    }
    log.warning(
      """
      jobs run without control groups, held together by parentage alone: a job that kills its \
      warden, or gets other credentials, can leave processes behind; what forks without end may \
      take long to be ended; nothing is limited, and only the main process' use is counted
      """)
    return (.processTree(kept: lock), SpawnMethod())
  }
}
