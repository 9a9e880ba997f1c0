import JobProtocol
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite(
  "Case 38: Where clone3 fails, jobs are made otherwise, or the client hears why not", .needsCgroups
)
struct SpawnFallbackTests {
  /// A daemon to which a seccomp filter answers this errno for every clone3.
  ///
  /// Container managers older than the system call have such a filter; the C library makes threads
  /// with clone3, too, and gets along without for ENOSYS only. seccomp(2), bpf(2)
  private static func withoutClone3(_ errno: Errno) -> TestDaemon.Options {
    let script = """
      ($prctl, $clone3, $errno) = splice @ARGV, 0, 3;
      $load = pack "SCCL", 0x20, 0, 0, 0;              # the number of the call
      $test = pack "SCCL", 0x15, 0, 1, $clone3;        # is it clone3?
      $deny = pack "SCCL", 0x06, 0, 0, 0x50000 | $errno;
      $pass = pack "SCCL", 0x06, 0, 0, 0x7fff0000;
      $filter = $load . $test . $deny . $pass;
      syscall($prctl, 22, 2, pack("S x6 P", 4, $filter)) == 0 or die "seccomp: $!";
      exec @ARGV;
      """
    var options = TestDaemon.Options()
    options.wrapper = [
      "perl", "-e", script, "\(CallNumber.prctl)", "\(CallNumber.clone3)", "\(errno.rawValue)",
    ]
    return options
  }

  /// Numbers of system calls. syscalls(2)
  private enum CallNumber {
    static let clone3 = 435
    #if arch(x86_64)
      static let prctl = 157
    #else
      static let prctl = 167
    #endif
  }

  /// Of a filter; of a kernel that doesn't know all arguments, or all flags.
  private static let denials: [Errno] = [
    .noFunction, .notPermitted, .argListTooLong, .invalidArgument,
  ]

  @Test("Case 38: Without clone3 jobs are as ever", arguments: denials)
  func denied(_ errno: Errno) throws {
    try withDaemon(Self.withoutClone3(errno)) { daemon in
      // The filter is there: jobs have it from the daemon.
      let probe = try daemon.run(["perl", "-e", "syscall \(CallNumber.clone3), 0, 0; print $! + 0"])
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
    try withDaemon(Self.withoutClone3(errno)) { daemon in
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
    try withDaemon(Self.withoutClone3(errno)) { daemon in
      let job = try daemon.shell("sleep infinity & setsid sleep infinity & echo ready; wait")
      try job.says("ready\n")
      try daemon.kill()
      try job.witness?.waitUntilGone()
    }
  }

  @Test("Case 38: Where clone3 is there and refuses, the daemon says so and doesn't start")
  func refused() throws {
    let (exit, log) = try TestDaemon.startInVain(Self.withoutClone3(.permissionDenied))
    #expect(exit.status == .exited(code: 1))
    #expect(log.contains("no process can be put there: clone3"))
    #expect(log.contains("EACCES"))
  }
}
