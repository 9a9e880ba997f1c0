import JobProtocol
import LinuxSystem
import TestSupport
import Testing
import Varlink

@Suite("A job lives as long as its line is held", .needsCgroups)
struct LifelineTests {
  @Test("A closed connection cancels the job")
  func closed() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("exec sleep infinity")
      let id = try job.started().id
      job.client.close()
      try job.witness?.waitUntilGone()
      let result = try #require(try daemon.waitForEnd(of: id).runtime.result)
      #expect(result.cause == .disconnected)
      #expect(result.exitSignal == "SIGTERM")
      #expect(!result.killed)
    }
  }

  @Test("Case 1: A silent job ends when its client is killed")
  func killedClient() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("exec sleep infinity")
      let id = try job.started().id
      let client = try job.client.handOver()
      try client.send(.kill)
      try job.witness?.waitUntilGone()
      #expect(try daemon.waitForEnd(of: id).runtime.cause == .disconnected)
    }
  }

  @Test(
    "A client that exits or crashes ends its job",
    arguments: ["exit 0", "exit 1", "kill -SEGV $$", "kill -TERM $$", "kill -HUP $$"])
  func endedClient(_ end: String) throws {
    try withDaemon { daemon in
      let job = try daemon.shell("exec sleep infinity")
      let id = try job.started().id
      let client = try job.client.handOver(to: ["/bin/sh", "-c", end])
      try client.waitForExit()
      try job.witness?.waitUntilGone()
      #expect(try daemon.waitForEnd(of: id).runtime.cause == .disconnected)
    }
  }

  @Test("A descriptor that another process inherited still holds the line")
  func inherited() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("exec sleep infinity")
      let id = try job.started().id
      let child = try job.client.share()
      let client = try job.client.handOver()
      try client.send(.kill)
      try client.waitForExit()
      #expect(try daemon.list(id).first?.runtime.state == .running)
      #expect(try job.witness?.isGone == false)

      try child.send(.kill)
      try job.witness?.waitUntilGone()
      #expect(try daemon.waitForEnd(of: id).runtime.cause == .disconnected)
    }
  }

  @Test("A client that is stopped is not dead: its job lives")
  func stoppedClient() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("exec sleep infinity")
      let id = try job.started().id
      let client = try job.client.handOver()
      try client.send(.stop)
      try waitUntil("the client has stopped") { try ProcessFiles(client.pid).state() == "T" }
      #expect(try daemon.list(id).first?.runtime.state == .running)
      #expect(try job.witness?.isGone == false)

      try client.send(.kill)
      try job.witness?.waitUntilGone()
      #expect(try daemon.waitForEnd(of: id).runtime.cause == .disconnected)
    }
  }

  @Test("Case 3: A half-closed connection cancels the job and still hears how it ended")
  func halfClosed() throws {
    try withDaemon { daemon in
      let job = try daemon.run(answering(["TERM": 3]))
      try job.says("ready\n")
      try job.client.halfClose()
      #expect(try job.stopping().runtime.cause == .disconnected)
      let result = try job.result()
      #expect(result.cause == .disconnected)
      #expect(result.exitStatus == 3)
      #expect(!result.killed)
      #expect(job.text == "ready\nheard TERM\n")
      #expect(try job.client.nextOrEnd() == nil)
    }
  }

  @Test("A client that half-closes right behind its call hears the end of a job that was canceled")
  func halfClosedAtOnce() throws {
    try withDaemon { daemon in
      for _ in 0..<50 {
        let job = try daemon.shell("exec sleep infinity")
        try job.client.halfClose()
        #expect(try job.result().cause == .disconnected)
        #expect(try job.client.nextOrEnd() == nil)
      }
    }
  }

  @Test("Case 2: A client that goes while its job is being started leaves nothing")
  func goneWhileStarting() throws {
    try withDaemon { daemon in
      var witnesses: [TreeWitness?] = []
      for round in 0..<150 {
        let job = try daemon.shell("sleep infinity & setsid sleep infinity & wait")
        // Between the call and its reading, between queued and started, right behind started.
        if round % 3 > 0 { try job.queued() }
        if round % 3 > 1 { try job.started() }
        job.client.close()
        witnesses.append(job.witness)
      }
      for witness in witnesses { try witness?.waitUntilGone() }
      try daemon.waitUntilIdle()
      #expect(try daemon.list().allSatisfy { $0.runtime.cause == .disconnected })
    }
  }

  @Test("Case 2: A client that connects and goes without a word is no burden")
  func goneBeforeTheCall() throws {
    try withDaemon { daemon in
      for round in 0..<200 {
        let client = try daemon.connect()
        if round % 2 > 0 { try client.send("{\"method\":\"io.jobd.Run\",") }
        client.close()
      }
      #expect(try daemon.list().isEmpty)
    }
  }

  @Test("Case 5: No end of a line is missed, at whatever moment it comes")
  func noLostEnd() throws {
    try withDaemon { daemon in
      for round in 0..<100 {
        // Output makes the daemon write to the connection while it ends.
        let job = try daemon.shell("while :; do echo x || exit; done")
        for _ in 0..<round % 10 { try job.next() }
        round % 2 == 0 ? job.client.close() : try job.client.halfClose()
        if round % 2 == 0 {
          try job.witness?.waitUntilGone()
        } else {
          #expect(try job.result().cause == .disconnected)
        }
      }
      try daemon.waitUntilIdle()
    }
  }

  @Test("Case 43: Of many clients, one's end ends its own job only")
  func othersUntouched() throws {
    try withDaemon { daemon in
      let jobs = try (0..<20).map { _ in try daemon.shell("echo ready; exec sleep infinity") }
      for job in jobs { try job.says("ready\n") }
      for (number, job) in jobs.enumerated() where number % 2 == 0 { job.client.close() }
      for (number, job) in jobs.enumerated() where number % 2 == 0 {
        try job.witness?.waitUntilGone()
      }
      #expect(try daemon.list().filter { $0.runtime.state == .running }.count == 10)
      for (number, job) in jobs.enumerated() where number % 2 == 1 {
        #expect(try job.witness?.isGone == false)
        #expect(try job.client.isQuiet())
        try job.client.halfClose()
        #expect(try job.result().cause == .disconnected)
      }
    }
  }

  @Test("Of two thousand connections that end at once, none is missed, and others are served")
  func allAtOnce() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("exec sleep infinity")
      let id = try job.started().id
      let holder = try job.client.handOver(to: ["python3", "-c", Self.holder, daemon.socketPath])
      try waitUntil("all are connected") {
        try ProcessFiles(daemon.pid).descriptors().count > 2_000
      }
      // Stopped, it finds that all of them have ended when it goes on.
      try daemon.suspend()
      try holder.send(.kill)
      try holder.waitForExit()
      try daemon.send(.continue)

      #expect(try daemon.run(["true"]).result().exitStatus == 0)
      try job.witness?.waitUntilGone()
      #expect(try daemon.waitForEnd(of: id).runtime.cause == .disconnected)
    }
  }

  /// Has two thousand connections, and a job's line in the midst of them, until it is killed.
  private static let holder = """
    import os, resource, signal, socket, sys

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    def connect():
        client = socket.socket(socket.AF_UNIX)
        client.connect(sys.argv[1])
        client.sendall(b'{"method": "io.jobd.Describe"}\\0')
        while not client.recv(65536).endswith(b"\\0"):
            pass
        return client

    connections = [connect() for _ in range(1000)]
    line = os.dup(3)
    os.close(3)
    connections += [connect() for _ in range(1000)]
    signal.pause()
    """

  @Test("Run without 'more' holds the line as well", arguments: [Call.Mode.plain, .oneway])
  func otherModes(_ mode: Call.Mode) throws {
    try withDaemon { daemon in
      let client = try daemon.connect()
      let context = JobContext(command: ["sleep", "infinity"].map(OSString.init(text:)))
      try client.send(Call("io.jobd.Run", RunParameters(context: context).wire, mode: mode))
      var id: Int?
      try waitUntil("the job runs") {
        let job = try daemon.list().first
        id = job?.id
        return job?.runtime.state == .running
      }
      client.close()
      let job = try daemon.waitForEnd(of: try #require(id))
      #expect(job.runtime.cause == .disconnected)
    }
  }

  @Test("An observer is not a lifeline, and its end ends nothing")
  func observer() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("exec sleep infinity")
      let id = try job.started().id
      let observer = try daemon.connect()
      try observer.send(Call("io.jobd.List", ListParameters(id: id).wire, mode: .more))
      _ = try observer.next()
      observer.close()
      #expect(try daemon.list(id).first?.runtime.state == .running)
      #expect(try job.client.isQuiet())
      job.client.close()
      #expect(try daemon.waitForEnd(of: id).runtime.cause == .disconnected)
    }
  }
}
