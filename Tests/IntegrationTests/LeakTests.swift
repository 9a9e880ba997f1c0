import JobProtocol
import LinuxSystem
import TestSupport
import Testing
import Varlink

@Suite("A jobd is the same after thousands of jobs", .needsCgroups)
struct LeakTests {
  @Test("Case 50: Jobs that are canceled as early as can be, by the thousand, leak nothing")
  func early() throws {
    try withDaemon { daemon in
      try runThousand(daemon)
      let before = try ProcessFiles(daemon.pid).status("RssAnon")
      try runThousand(daemon)
      let after = try ProcessFiles(daemon.pid).status("RssAnon")
      // KiB: half a kilobyte for each job. What describes one takes more.
      #expect(after - before < 500)
    }
  }

  private func runThousand(_ daemon: TestDaemon) throws {
    for number in 0..<1000 {
      let job = try daemon.run(["true"])
      switch number % 5 {
      case 0: try job.result()
      case 1: job.client.close()
      case 2:
        try job.queued()
        job.client.close()
      case 3:
        try job.client.halfClose()
        try job.result()
      default: try daemon.cancel(try job.queued().id)
      }
    }
    // No process, leaf, zombie or descriptor.
    try daemon.checkNothingLeft()
  }

  @Test("The memory that long messages took is given back")
  func longMessages() throws {
    try withDaemon { daemon in
      let text = JSON.string(String(repeating: "x", count: 10 << 20))
      let before = try ProcessFiles(daemon.pid).status("RssAnon")
      for _ in 0..<4 {
        let reply = try daemon.connect().call("io.jobd.Describe", ["text": text])
        #expect(reply.error?.name == "org.varlink.service.InvalidParameter")
      }
      // The last connection's buffers go with it.
      try daemon.checkNothingLeft()
      let after = try ProcessFiles(daemon.pid).status("RssAnon")
      // KiB: less than a tenth of one message.
      #expect(after - before < 1000)
    }
  }

  @Test("Case 57: jobctl run, again and again, never hangs")
  func jobctl() throws {
    try withDaemon { daemon in
      for _ in 0..<300 {
        var jobctl = TestProcess.Specification([TestDaemon.program("jobctl"), "run", "true"])
        jobctl.environment.append("JOBD_SOCKET=\(daemon.socketPath)")
        let exit = try TestProcess(jobctl).waitForExit()
        #expect(exit.status == .exited(code: 0))
      }
    }
  }
}
