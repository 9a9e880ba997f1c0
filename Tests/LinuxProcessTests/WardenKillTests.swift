import LinuxSystem
import SystemPackage
import Testing

@testable import LinuxProcess

/// What a job may do to be left alone, and how many processes it then has.
let waysOut: [(script: String, processes: Int)] = [
  ("sleep 1000", 1),
  ("setsid sleep 1000 & sleep 1000", 3),
  ("(setsid sh -c 'sleep 1000 & exit 0' & exit 0); exit 0", 1),
  ("set -m; sleep 1000 & sleep 1000 & wait", 3),
  ("trap '' TERM INT HUP QUIT; sleep 1000 & wait", 2),
  ("sleep 1000 & kill -STOP $!; kill -STOP $$", 2),
  ("kill -STOP $PPID; setsid sleep 1000 & wait", 2),
  ("i=0; while [ $i -lt 100 ]; do sleep 1000 & i=$((i+1)); done; wait", 101),
]

@Suite("Killing a job without a cgroup", .timeLimit(.minutes(15)))
struct WardenKillTests {
  @Test("Whatever it does to be left alone, it is killed", arguments: waysOut)
  func killed(script: String, processes: Int) throws {
    let job = try WardenJob(script)
    try job.waitForProcesses(atLeast: processes)
    let tree = try ProcessTree.descendants(of: try #require(job.tree.wardenPid))
    try job.tree.kill()
    try job.waitUntilEmpty()
    for pid in tree { #expect(LeafProcess(pid: pid) == nil, "\(pid) lives") }
    #expect(try !job.tree.isPopulated())
    #expect(job.tree.remove() == .removed)
  }

  @Test("What forks as quickly as it can is killed", arguments: [true, false])
  func forkBomb(inOneGroup: Bool) throws {
    // Lines of descent: every process starts the next and exits.
    let job = try WardenJob(
      """
      exec python3 -c '
      import os, time
      for _ in range(30):
        if os.fork() == 0:
          if not \(inOneGroup ? "True" : "False"): os.setsid()
          while True:
            if os.fork(): os._exit(0)
      time.sleep(1000)'
      """)
    try job.waitForProcesses(atLeast: 20)
    try job.tree.kill()
    try job.waitUntilEmpty()
  }

  @Test("A chain in which every process begins a session of its own is killed")
  func sessions() throws {
    let job = try WardenJob(
      """
      exec python3 -c '
      import os
      for _ in range(4):
        if os.fork() == 0:
          while True:
            if os.fork(): os._exit(0)
            os.setsid()
      os.wait()'
      """)
    try job.waitForProcesses(atLeast: 2)
    try job.tree.kill()
    try job.waitUntilEmpty()
  }

  @Test("Its end of the line is its end", arguments: waysOut)
  func lineEnds(script: String, processes: Int) throws {
    var job: WardenTree? = WardenTree(marks: [], kept: nil)
    let spawner = try Spawner(method: SpawnMethod(), limits: try ResourceLimit.allCurrent())
    let null = try OwnedDescriptor.open("/dev/null", .readWrite)
    _ = try job?.start(
      SpawnSpecification(
        arguments: ["/bin/sh", "-c", script], environment: ["PATH=/usr/bin:/bin"]),
      by: spawner, input: null.raw, output: null.raw, error: null.raw)
    var patience = Patience(seconds: hangGuardSeconds)
    let warden = try #require(job?.wardenPid)
    while try ProcessTree.descendants(of: warden).count < processes {
      guard patience.wait(for: nil, events: 0) else { throw Unexpected("too few processes") }
    }
    let tree = try ProcessTree.descendants(of: warden)
    let pidfd = try Pidfd.open(warden)
    // The daemon's death is more than that: it wakes a warden that was stopped.
    job = nil
    try pidfd.send(.continue)
    #expect(try pidfd.waitForExit().status == .exited(code: 0))
    for pid in tree { #expect(LeafProcess(pid: pid) == nil, "\(pid) lives") }
  }

  @Test("A warden holds on to what it is given until its job is gone")
  func kept() throws {
    let pipe = try LinuxSystem.Pipe()
    let reader = try pipe.ends { reader, writer in
      let job = try WardenJob(
        SpawnSpecification(arguments: ["/bin/sleep", "1000"]), kept: writer.raw)
      let held = try #require(job.tree.wardenPid)
      // The standard ones, its line, its signals, and that.
      #expect(try fileNames(in: "/proc/\(held)/fd").count == 6)
      return reader
    }
    #expect(try readBytes(reader.raw).isEmpty)
  }
}
