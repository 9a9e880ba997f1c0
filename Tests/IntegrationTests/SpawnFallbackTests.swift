import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite(
  "Case 38: Where clone3 fails, jobs are made otherwise, or the client hears why not", .needsCgroups
)
struct SpawnFallbackTests {
  /// Of a filter; of a kernel that doesn't know all arguments, or all flags.
  private static let denials: [Errno] = [
    .noFunction, .notPermitted, .argListTooLong, .invalidArgument,
  ]

  @Test("Case 38: Without clone3 jobs are as ever", arguments: denials)
  func denied(_ errno: Errno) throws {
    try withDaemon(.withoutClone3(errno)) { daemon in
      // The filter is there: jobs have it from the daemon.
      let probe = try daemon.run([
        "perl", "-e", "syscall \(SystemCallNumber.clone3), 0, 0; print $! + 0",
      ])
      try probe.finished()
      #expect(probe.text == "\(errno.rawValue)")
      for code in 0..<20 {
        let job = try daemon.shell("cat /proc/self/cgroup; exit \(code)")
        #expect(try job.result().exitStatus == code)
        let group = try #require(try job.started().runtime.controlGroup)
        #expect(job.text.split(separator: "\n").contains("0::\(group)"))
      }
      #expect(try daemon.run(["/no/such"]).result().startFailure?.errnoName == "ENOENT")
    }
  }

  @Test("Case 38: Without clone3 a tree ends with its line, whatever it does", arguments: denials)
  func treeEnds(_ errno: Errno) throws {
    try withDaemon(.withoutClone3(errno)) { daemon in
      for round in 0..<30 {
        let job = try daemon.shell(
          "sleep infinity & setsid sleep infinity & echo ready; wait",
          stop: StopContext(gracePeriodUSec: 0))
        if round % 3 > 0 { try job.started() }
        if round % 3 > 1 { try job.says("ready\n") }
        job.client.close()
        try job.witness?.waitUntilGone()
      }
    }
  }

  @Test("Case 38: Without clone3 a daemon that is killed leaves nothing", arguments: denials)
  func daemonKilled(_ errno: Errno) throws {
    try withDaemon(.withoutClone3(errno)) { daemon in
      let job = try daemon.shell("sleep infinity & setsid sleep infinity & echo ready; wait")
      try job.says("ready\n")
      try daemon.kill()
      try job.witness?.waitUntilGone()
    }
  }

  @Test("Case 38: Where clone3 is there and refuses, the daemon says so and doesn't start")
  func refused() throws {
    let (exit, log) = try TestDaemon.startInVain(.withoutClone3(.permissionDenied))
    #expect(exit.status == .exited(code: 1))
    #expect(log.contains("no process can be put there: clone3"))
    #expect(log.contains("EACCES"))
  }
}
