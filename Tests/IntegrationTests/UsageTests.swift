import JobProtocol
import TestSupport
import Testing

@Suite("What a job used is told with its end", .needsCgroups)
struct UsageTests {
  /// Uses 0.2 s of CPU time, as the kernel counts it for a process.
  private static let burn =
    "sub burn { do { 1 for 1..10_000; @t = times } while $t[0] + $t[1] < 0.2 }"
  private static let burntUSec = 200_000

  @Test("CPU time is that of the whole tree, also of a process that nobody waited for")
  func tree() throws {
    try withDaemon { daemon in
      // The main process hears the end of the other's work, and ends without having waited for it.
      let script = """
        \(Self.burn) pipe READ, WRITE;
        if (!fork) { close READ; burn; close WRITE; sleep 1 while 1 }
        close WRITE; <READ>;
        """
      let usage = try #require(try daemon.run(["perl", "-e", script]).result().usage)
      let tree = try #require(usage.cpuUSec)
      #expect(tree >= Self.burntUSec)
      #expect(try #require(usage.cpuUserUSec) + #require(usage.cpuSystemUSec) >= tree - 1)
      #expect(try #require(usage.mainUserUSec) + #require(usage.mainSystemUSec) < tree)
    }
  }

  @Test("CPU time of the main process has that of the children that it waited for in it")
  func main() throws {
    try withDaemon { daemon in
      let script = "\(Self.burn) if (fork) { wait } else { burn }"
      let usage = try #require(try daemon.run(["perl", "-e", script]).result().usage)
      #expect(
        try #require(usage.mainUserUSec) + #require(usage.mainSystemUSec) >= Self.burntUSec)
    }
  }

  @Test("The largest resident set is told of what is larger than the service itself")
  func peakResident() throws {
    try withDaemon { daemon in
      let megabytes = 1_000_000
      let large = try daemon.run(["perl", "-e", "$x = 'x' x 200_000_000"]).result()
      #expect(try #require(large.usage?.mainPeakResidentBytes) >= 200 * megabytes)
      let small = try daemon.run(["true"]).result()
      #expect(try #require(small.usage).mainPeakResidentBytes == nil)
    }
  }

  @Test("What the kernel accounts for is told, and nothing else")
  func figures() throws {
    try withDaemon { daemon in
      let job = try daemon.shell("echo ready; read line; exit 0") {
        $0.context.stop = StopContext(signal: "none", closeStandardInput: true)
      }
      try job.says("ready\n")
      let leaf = Cgroups.directory(try #require(try job.started().runtime.controlGroup))
      let files = try fileNames(in: leaf)
      try job.client.halfClose()
      let usage = try #require(try job.result().usage)
      #expect(files.contains("cpu.stat") == (usage.cpuUSec != nil))
      #expect(files.contains("memory.peak") == (usage.memoryPeakBytes != nil))
      #expect(files.contains("memory.events") == (usage.oomKills != nil))
      #expect(files.contains("pids.peak") == (usage.tasksPeak != nil))
      #expect(files.contains("io.stat") == (usage.ioReadBytes != nil))
      #expect(files.contains("io.stat") == (usage.ioWriteBytes != nil))
      #expect(usage.cpuUSec ?? 1 > 0)
      #expect(usage.tasksPeak ?? 1 >= 1)
      #expect(usage.oomKills ?? 0 == 0)
    }
  }

  @Test("A job that was never started used nothing")
  func neverStarted() throws {
    try withDaemon { daemon in
      let result = try daemon.run(["/no/such"]).result()
      #expect(result.usage == nil)
    }
  }
}
