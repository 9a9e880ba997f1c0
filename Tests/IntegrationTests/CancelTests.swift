import JobProtocol
import LinuxSystem
import TestSupport
import Testing
import Varlink

@Suite("Cancel ends a job from another connection", .needsCgroups)
struct CancelTests {
  @Test(
    "Case 44: Who canceled, and why, is told to the client of the job and to the one that canceled")
  func requester() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("exec sleep infinity")
      let id = try job.started().id
      let canceled = try daemon.cancel(id, reason: "a newer edit")
      let finished = try job.finished()
      #expect(finished.runtime.result?.cause == .requested)
      let requester = Requester(uid: 0, pid: Int(ProcessContext.processID), reason: "a newer edit")
      #expect(finished.runtime.result?.requestedBy == requester)
      #expect(canceled == finished)
      #expect(try job.stopping().runtime.cause == .requested)
    }
  }

  @Test("A job may be canceled with another signal than its own")
  func signal() throws {
    try withDaemon { daemon in
      let job = try daemon.run(answering(["INT": 1, "TERM": 2]))
      try job.says("ready\n")
      try daemon.cancel(try job.started().id, signal: "INT")
      #expect(try job.result().exitStatus == 1)
      #expect(job.text == "ready\nheard INT\n")
    }
  }

  @Test("A job may be canceled without any signal")
  func noSignal() throws {
    try withDaemon { daemon in
      let job = try daemon.run(answering(["TERM": 2]))
      try job.says("ready\n")
      try daemon.cancel(try job.started().id, signal: "none", gracePeriodUSec: 100_000)
      #expect(try job.result().exitSignal == "SIGKILL")
      #expect(job.text == "ready\n")
    }
  }

  @Test("A job that is stopping is hurried by a second Cancel, and slowed down by none")
  func hurried() throws {
    try withDaemon { daemon in
      let job = try daemon.shell(deaf, stop: .grace(seconds: 3600))
      try job.says("ready\n")
      let id = try job.started().id
      let first = try daemon.connect()
      try first.send(Call("io.jobd.Cancel", CancelParameters(id: id, reason: "first").wire))
      try job.stopping()
      let second = try daemon.connect()
      try second.send(
        Call("io.jobd.Cancel", CancelParameters(id: id, gracePeriodUSec: 3_600_000_000).wire))
      #expect(try daemon.list(id).first?.runtime.state == .stopping)

      try daemon.cancel(id, gracePeriodUSec: 0, reason: "third")
      let result = try job.result()
      #expect(result.killed)
      // The first who asked is the cause.
      #expect(result.requestedBy?.reason == "first")
      for client in [first, second] {
        #expect(try CancelReply(try client.next().parameters).job.runtime.result == result)
      }
    }
  }

  @Test("A second Cancel may ask with another signal")
  func askedAgain() throws {
    try withDaemon { daemon in
      var command = answering(["USR1": 4])
      command[2] = "$SIG{TERM} = sub { print \"term\\n\" }; " + command[2]
      let job = try daemon.run(command, stop: .grace(seconds: 3600))
      try job.says("ready\n")
      let id = try job.started().id
      let first = try daemon.connect()
      try first.send(Call("io.jobd.Cancel", CancelParameters(id: id).wire))
      try job.says("term\n")
      try daemon.cancel(id, signal: "USR1")
      #expect(try job.result().exitStatus == 4)
      _ = try first.next()
    }
  }

  @Test("Case 9: A job is canceled while it waits for a slot, and never starts")
  func queued() throws {
    var options = TestDaemon.Options()
    options.arguments = ["--running-max", "1"]
    try withDaemon(options) { daemon in
      let first = try daemon.shell("echo ready; read line", stop: .grace(seconds: 5)) {
        $0.context.stop?.closeStandardInput = true
      }
      try first.says("ready\n")
      let second = try daemon.shell("echo never")
      let id = try second.queued().id
      #expect(try daemon.list(id).first?.runtime.state == .queued)
      let canceled = try daemon.cancel(id)
      #expect(canceled.runtime.mainPid == nil)
      #expect(canceled.runtime.startedTimestamp == nil)
      #expect(try second.result().cause == .requested)
      #expect(second.text.isEmpty)

      let third = try daemon.shell("echo third")
      try third.queued()
      try first.client.halfClose()
      try first.finished()
      #expect(try third.result().exitStatus == 0)
    }
  }

  @Test("A job that waits for a slot ends with its line")
  func queuedDisconnected() throws {
    var options = TestDaemon.Options()
    options.arguments = ["--running-max", "1"]
    try withDaemon(options) { daemon in
      let first = try daemon.shell("exec sleep infinity")
      try first.started()
      let second = try daemon.shell("echo never")
      let third = try daemon.shell("echo never")
      let id = try second.queued().id
      try third.queued()
      second.client.close()
      #expect(try daemon.waitForEnd(of: id).runtime.cause == .disconnected)
      try third.client.halfClose()
      #expect(try third.result().cause == .disconnected)
      #expect(third.text.isEmpty)
      first.client.close()
    }
  }

  @Test("Case 9: A job is canceled at whatever moment of its start, and never forgotten")
  func whileStarting() throws {
    try withDaemon { daemon in
      for round in 0..<100 {
        let job = try daemon.shell("exec sleep infinity")
        let id = try job.queued().id
        if round % 2 == 1 { try job.started() }
        let canceled = try daemon.cancel(id)
        #expect(canceled.runtime.state == .finished)
        #expect(try job.finished() == canceled)
      }
    }
  }

  @Test("Case 10: Where Cancel races with the exit there is one end, and both hear the same")
  func racesWithExit() throws {
    try withDaemon { daemon in
      var causes: Set<Cause> = []
      for _ in 0..<150 {
        let job = try daemon.run(["/bin/true"])
        let id = try job.started().id
        let canceled = try daemon.cancel(id)
        let finished = try job.finished()
        #expect(canceled == finished)
        let result = try #require(finished.runtime.result)
        causes.insert(result.cause)
        #expect(result.exitStatus == 0 || (result.cause == .requested && result.exitSignal != nil))
      }
      #expect(causes.isSubset(of: [.exited, .requested]))
    }
  }

  @Test("A finished job is answered at once, as it ended")
  func finished() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("exit 3")
      let finished = try job.finished()
      #expect(try daemon.cancel(finished.id) == finished)
      #expect(try daemon.cancel(finished.id, signal: "KILL", gracePeriodUSec: 0) == finished)
    }
  }

  @Test("Who canceled may go before the job has; the job goes all the same")
  func cancelerGoes() throws {
    try withDaemon { daemon in
      let job = try daemon.shell(deaf, stop: StopContext(gracePeriodUSec: 300_000))
      try job.says("ready\n")
      let canceler = try daemon.connect()
      try canceler.send(Call("io.jobd.Cancel", CancelParameters(id: try job.started().id).wire))
      try job.stopping()
      canceler.close()
      #expect(try job.result().cause == .requested)
    }
  }

  @Test("A client's going while its job is being canceled changes nothing for who canceled")
  func clientGoes() throws {
    try withDaemon { daemon in
      let job = try daemon.shell(deaf, stop: StopContext(gracePeriodUSec: 300_000))
      try job.says("ready\n")
      let canceler = try daemon.connect()
      try canceler.send(Call("io.jobd.Cancel", CancelParameters(id: try job.started().id).wire))
      try job.stopping()
      job.client.close()
      let result = try CancelReply(try canceler.next().parameters).job.runtime.result
      #expect(result?.cause == .requested)
      #expect(try job.witness?.isGone == true)
    }
  }
}
