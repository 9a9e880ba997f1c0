import JobProtocol
import LinuxSystem
import TestSupport
import Testing

@Suite(
  "A full disk ends no job, and keeps no jobd from saying why it can't start", .needsCgroups,
  .enabled(if: BusyDirectory.isPermitted, "needs the right to mount"))
struct FullDiskTests {
  /// In a mount namespace of its own, where a file system with so many files is at a directory.
  private static func disk(_ directory: String, files: Int, then command: String = "") -> [String] {
    let mount = "mount -t tmpfs -o size=4k,nr_inodes=\(files) none \(directory)"
    return ["unshare", "--mount", "sh", "-c", "\(mount) && { \(command) exec \"$@\"; }", "sh"]
  }

  @Test(
    "Where there is room for neither lock nor socket, or for the lock only, that is said",
    arguments: [(1, "open"), (2, "bind")])
  func noRoom(_ files: Int, _ operation: String) throws {
    let directory = try ScratchDirectory()
    var options = TestDaemon.Options()
    options.directory = directory
    options.socket = "disk/s"
    options.wrapper = Self.disk(try directory.directory("disk"), files: files)
    let (exit, log) = try TestDaemon.startInVain(options)
    #expect(exit.status == .exited(code: 1))
    #expect(log.contains("No space left on device (ENOSPC)"))
  }

  @Test("A log that can't be written holds nothing up")
  func log() throws {
    let directory = try ScratchDirectory()
    var options = TestDaemon.Options()
    options.directory = directory
    let disk = try directory.directory("disk")
    options.wrapper = Self.disk(
      disk, files: 4, then: "head -c 100000 /dev/zero >\(disk)/log 2>&-; exec 2>>\(disk)/log;")
    try withDaemon(options) { daemon in
      for code in 0..<20 {
        let job = try daemon.shell("seq 5000; exit \(code)")
        #expect(try job.result().exitStatus == code)
        #expect(job.output.count == 23_893)
      }
      #expect(try daemon.run(["/no/such"]).result().startFailure?.errnoName == "ENOENT")
      let job = try daemon.shell("setsid sleep infinity & \(deaf)")
      try job.says("ready\n")
      job.client.close()
      try job.witness?.waitUntilGone()
    }
  }
}
