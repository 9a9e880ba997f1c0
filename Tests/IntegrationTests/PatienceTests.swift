import JobProtocol
import LinuxSystem
import TestSupport
import Testing
import Varlink

@Suite(
  "A client has so long for a call that it owes, and no other client waits for it", .needsCgroups)
struct PatienceTests {
  /// As docs/protocol.md says.
  private static let period = 30_000_000

  @Test(
    "Case 8: A client that stalls before or in its call is let go after 30 s; others are served")
  func stalled() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("exec sleep infinity")
      try job.started()
      let patient = try daemon.connect()
      #expect(try patient.call("io.jobd.Describe").error == nil)

      let begun = SystemClock.monotonicUSec()
      let silent = try daemon.connect()
      let stalled = try daemon.connect()
      try stalled.send("{\"method\":\"io.jobd.Describe\"")
      // Has been served before, and then stalls.
      let lazy = try daemon.connect()
      #expect(try lazy.call("io.jobd.Describe").error == nil)
      try lazy.send("{")
      // Gains nothing by sending a little now and then.
      let trickling = try daemon.connect()
      while SystemClock.monotonicUSec() - begun < Self.period / 2 {
        try trickling.send("{")
        #expect(try daemon.describe().running == 1)
        pass(milliseconds: 500)
      }
      for client in [silent, stalled, lazy, trickling] {
        #expect(try client.nextOrEnd() == nil)
        #expect(SystemClock.monotonicUSec() - begun >= Self.period)
      }

      // Between calls a client may be quiet, and behind a Run it is for as long as the job takes.
      #expect(try patient.isQuiet())
      #expect(try patient.call("io.jobd.Describe").error == nil)
      #expect(try job.client.isQuiet())
      #expect(try job.witness?.isGone == false)
      job.client.close()
    }
  }
}
