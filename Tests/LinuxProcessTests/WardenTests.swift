import Glibc
import LinuxSystem
import SystemPackage
import Testing

@testable import LinuxProcess

@Suite("A job without a cgroup", .timeLimit(.minutes(15)))
struct WardenTests {
  @Test("Exit codes are told as they are, with the end of the job", arguments: [0, 1, 127, 255])
  func exitCodes(code: Int32) throws {
    let job = try WardenJob("exit \(code)")
    #expect(try job.exit().status == .exited(code: code))
    #expect(try !job.tree.isPopulated(), "told in one")
    #expect(!job.tree.hasNewsToCome)
  }

  @Test("A signal that ended it is told")
  func signaled() throws {
    let job = try WardenJob("kill -USR1 $$")
    #expect(try job.exit().status == .signaled(.userDefined1, coreDumped: false))
  }

  @Test("What the main process used is told with its exit")
  func usage() throws {
    let job = try WardenJob("i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done")
    let exit = try job.exit()
    #expect(exit.userUSec + exit.systemUSec > 1000)
    #expect(exit.pid == job.main)
  }

  @Test("It isn't over while a process of it lives, whoever its parent was")
  func outlived() throws {
    let (job, _) = try WardenJob.started("setsid sleep 1000 & echo; exit 3")
    #expect(try job.exit().status == .exited(code: 3))
    #expect(try job.tree.isPopulated())
    #expect(job.tree.remove() == .busy(.resourceBusy))
    #expect(job.tree.processes(limit: 9).count == 1)
    try job.tree.kill()
    #expect(try job.nextNews() == .emptied)
    #expect(job.tree.removeQuickly())
  }

  @Test("Orphans that exit are reaped while the job goes on")
  func orphans() throws {
    let (job, _) = try WardenJob.started("(true & true &); echo; exec sleep 1000")
    var patience = Patience(seconds: hangGuardSeconds)
    let warden = try #require(job.tree.wardenPid)
    while try SmallFile.readText("/proc/\(warden)/task/\(warden)/children") != "\(job.main) " {
      guard patience.wait(for: nil, events: 0) else { throw Unexpected("orphans are left") }
    }
  }

  @Test("The main process alone is asked, or all", arguments: [true, false])
  func asked(onlyMain: Bool) throws {
    let (job, other) = try WardenJob.started(
      """
      trap 'exit 7' TERM
      sh -c 'trap "exit 0" TERM; echo $$; while :; do sleep 0.1; done' &
      while :; do wait; done
      """)
    let pidfd = try Pidfd.open(try #require(Int32(other)))
    job.tree.ask(.terminate, main: onlyMain)
    #expect(try job.exit().status == .exited(code: 7))
    if onlyMain {
      #expect(try job.tree.isPopulated())
    } else {
      #expect(try poll(pidfd.descriptor.raw, for: POLLIN))
    }
  }

  @Test("A stopped process hears that it is asked, alone or with all", arguments: [true, false])
  func stopped(onlyMain: Bool) throws {
    let job = try WardenJob("trap 'exit 7' TERM; kill -STOP $$; exit 1")
    var patience = Patience(seconds: hangGuardSeconds)
    while LeafProcess(pid: job.main)?.state != "T" {
      guard patience.wait(for: nil, events: 0) else { throw Unexpected("it doesn't stop") }
    }
    job.tree.ask(.terminate, main: onlyMain)
    #expect(try job.exit().status == .exited(code: 7))
  }

  @Test("What can't be started fails as it does in a cgroup, and nothing is left")
  func failures() throws {
    for (command, directory, errno, isNotFound) in [
      ("no-such-command", "/", Errno.noSuchFileOrDirectory, true),
      ("/no/such", "/", .noSuchFileOrDirectory, true),
      ("/etc/passwd", "/", .permissionDenied, false),
      ("/bin/true", "/no/such", .noSuchFileOrDirectory, false),
    ] {
      let specification = try SpawnSpecification(
        arguments: [command], environment: ["PATH=/usr/bin:/bin"], workingDirectory: directory)
      let failure = try #require(
        #expect(throws: SpawnFailure.self) { _ = try WardenJob(specification) })
      #expect(failure.errno == errno && failure.isNotFound == isNotFound)
      guard cgroupsAreThere else { continue }
      let sandbox = try Sandbox()
      let leaf = try sandbox.leaf()
      let other = #expect(throws: SpawnFailure.self) {
        _ = try sandbox.start(specification, in: leaf)
      }
      #expect(failure == other)
    }
  }

  @Test("Nothing that the daemon set for itself reaches it: it inherits what it does in a cgroup")
  func inheritance() async throws {
    await #expect(processExitsWith: .success) {
      signal(SIGPIPE, SIG_IGN)
      signal(SIGUSR1) { _ in abort() }
      var all = sigset_t()
      unsafe sigfillset(&all)
      unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
      umask(0o077)
      // Not CLOEXEC, as those that somebody else's code opens may be.
      _ = fcntl(unsafe open("/dev/null", O_RDONLY), F_DUPFD, 900)
      let script = """
        grep -E 'Sig(Blk|Ign|Cgt)|Umask|NoNewPrivs|Cap' /proc/self/status; cat /proc/self/oom_score_adj
        cat /proc/self/timerslack_ns; ulimit -a; nice; env; pwd; (cd /proc/$$/fd; echo *)
        set -- $(cat /proc/$$/stat); test $1 = $5 && test $1 = $6 && echo own session
        """
      let specification = try SpawnSpecification(
        arguments: ["/bin/sh", "-c", script], environment: ["PATH=/usr/bin:/bin", "A=b c"],
        workingDirectory: "/tmp", umask: 0o027)
      let pipe = try LinuxSystem.Pipe()
      let job = try WardenJob(specification, output: pipe.writer.raw)
      let reader = pipe.takeReader()
      let seen = try readToEnd(reader.raw)
      _ = try job.exit()
      #expect(seen.contains("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"))
      #expect(seen.contains("Umask:\t0027\n"))
      #expect(seen.contains("\n0 1 2\nown session\n"))
      guard cgroupsAreThere else { return }
      let sandbox = try Sandbox()
      let leaf = try sandbox.leaf()
      #expect(try sandbox.output(of: specification, in: leaf) == seen)
    }
  }

  @Test("A warden keeps none of the daemon's descriptors, nor the job's streams")
  func descriptors() throws {
    let pipe = try LinuxSystem.Pipe()
    let job = try WardenJob("exec >/dev/null; sleep 1000", output: pipe.writer.raw)
    let reader = pipe.takeReader()
    #expect(try readBytes(reader.raw).isEmpty, "the end is seen while the job lives")
    #expect(try job.tree.isPopulated())
  }

  @Test("A job that kills its warden is killed: its main process, and what bears its mark")
  func lost() async throws {
    await #expect(processExitsWith: .success) {
      // As the daemon does: what loses its warden becomes ours.
      try Orphans.adopt()
      let marks = ["JOBD_JOB=17", "JOBD_SOCKET=/x"]
      let pipe = try LinuxSystem.Pipe()
      let job = try WardenJob(
        SpawnSpecification(
          arguments: ["/bin/sh", "-c", "setsid sleep 1000 & echo $!; read x; sleep 1000"],
          environment: marks + ["PATH=/usr/bin:/bin"]),
        marks: marks, output: pipe.writer.raw)
      let other = try WardenJob(
        SpawnSpecification(
          arguments: ["/bin/sleep", "1000"], environment: ["JOBD_JOB=18", "JOBD_SOCKET=/x"]))
      try job.waitForProcesses(atLeast: 2)
      try Pidfd.open(try #require(job.tree.wardenPid)).send(.kill)
      #expect(try job.nextNews() == .lost)
      #expect(try job.tree.isPopulated())
      try job.tree.kill()
      #expect(try job.tree.isPopulated() == false)
      var patience = Patience(seconds: hangGuardSeconds)
      var news = try job.tree.news()
      while news == nil, patience.wait(for: nil, events: 0) { news = try job.tree.news() }
      guard case .mainExited(let exit) = news else { throw Unexpected("\(news as Any)") }
      #expect(exit.pid == job.main)
      #expect(exit.status == .signaled(.kill, coreDumped: false))
      #expect(try other.tree.isPopulated(), "another job is another job")
    }
  }
}
