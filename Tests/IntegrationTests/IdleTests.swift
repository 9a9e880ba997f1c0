import JobProtocol
import LinuxSystem
import TestSupport
import Testing
import Varlink

@Suite("jobd sleeps while there is nothing to be done", .needsCgroups)
struct IdleTests {
  /// What a client can make of its connection, and leave it at.
  enum Line: String, CaseIterable {
    case silent, inMidMessage, observer
    /// Of a job that goes on for its grace period.
    case halfClosed, halfClosedBehindCalls, closed, closedBehindCalls, closedUnread
    /// Of a job that writes more than is read.
    case unread
  }

  @Test("Case 4: No state of a connection keeps jobd busy", arguments: Line.allCases)
  func line(_ line: Line) throws {
    try withDaemon { daemon in
      let client = try daemon.connect()
      switch line {
      case .silent: break
      case .inMidMessage: try client.send("{\"method\":")
      case .observer: try client.send(Call("io.jobd.List", mode: .more))
      case .halfClosed, .halfClosedBehindCalls, .closed, .closedBehindCalls, .closedUnread:
        try end(line, client)
      case .unread:
        let job = try client.run(["yes"])
        let main = try #require(try job.started().runtime.mainPid)
        try waitUntil("its output waits to be read") {
          try contents(of: "/proc/\(main)/wchan").contains("pipe")
        }
      }
      try expectIdle(daemon)
      try endJobs(of: daemon)
      withExtendedLifetime(client) {}
    }
  }

  private func end(_ line: Line, _ client: TestClient) throws {
    let job = try client.run(["/bin/sh", "-c", deaf], stop: .grace(seconds: 3600))
    if line == .closedUnread {
      // Unread replies make the end of a connection an error to the other side. unix(7)
      try waitToRead(try client.descriptor, "a reply")
    } else {
      try job.says("ready\n")
    }
    if line == .closedBehindCalls || line == .halfClosedBehindCalls {
      for _ in 0..<100 { try client.send(Call("io.jobd.Describe")) }
    }
    line == .halfClosed || line == .halfClosedBehindCalls ? try client.halfClose() : client.close()
  }

  @Test("A job whose main process has gone and whose tree has not costs nothing")
  func lingering() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("sleep infinity & exit", wait: .tree)
      let main = try #require(try job.started().runtime.mainPid)
      try waitUntil("the main process has ended") { !exists("/proc/\(main)") }
      try expectIdle(daemon)
      try endJobs(of: daemon)
    }
  }

  @Test("A main process that has exited, and whose tracer takes no notice, holds up only its job")
  func traced() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("read line; exit 5") {
        $0.context.stop = StopContext(signal: "none", closeStandardInput: true)
      }
      let main = Int32(try #require(try job.started().runtime.mainPid))
      let tracer = try Tracer(of: main)
      try job.client.halfClose()
      try waitUntil("it has exited") { try ProcessFiles(main).state() == "Z" }
      try expectIdle(daemon)
      try tracer.end()
      #expect(try job.result().exitStatus == 5)
    }
  }

  @Test("When nobody is waited for, no timer is set: not for a client's first call, either")
  func timers() throws {
    try withDaemon { daemon in
      let client = try daemon.connect()
      // Timers are set when the loop goes to sleep: for the first call that is so before the second.
      for _ in 0..<2 { #expect(try client.call("io.jobd.Describe").error == nil) }
      #expect(try ProcessFiles(daemon.pid).areTimersOff())
    }
  }

  /// Sees what jobd does in half a second.
  private func expectIdle(_ daemon: TestDaemon) throws {
    // All that was sent before this has been read when it is answered.
    _ = try daemon.describe()
    let files = ProcessFiles(daemon.pid)
    let (ticks, wakeups) = (try files.cpuTicks(), try files.status("voluntary_ctxt_switches"))
    pass(milliseconds: 500)
    // A loop that doesn't sleep uses fifty ticks of ten milliseconds, one with a wrong timer wakes up
    // hundreds of times.
    #expect(try files.cpuTicks() - ticks < 10)
    #expect(try files.status("voluntary_ctxt_switches") - wakeups < 25)
    #expect(try daemon.shell("exit 4").result().exitStatus == 4)
  }

  /// Ends the jobs that don't end by themselves.
  private func endJobs(of daemon: TestDaemon) throws {
    for job in try daemon.list() where job.runtime.state != .finished {
      try daemon.cancel(job.id, gracePeriodUSec: 0)
    }
  }
}
