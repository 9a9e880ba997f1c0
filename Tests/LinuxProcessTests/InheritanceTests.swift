import Glibc
import LinuxSystem
import SystemPackage
import Testing

@testable import LinuxProcess

/// Every way in which a process can be made.
let allMethods: [SpawnMethod] = [
  SpawnMethod(), SpawnMethod(memory: .copied), SpawnMethod(hasCloseRange: false),
  SpawnMethod(descriptors: .copied), SpawnMethod(memory: .copied, descriptors: .copied),
  SpawnMethod(entry: .migration), SpawnMethod(entry: .migration, memory: .copied),
]

@Suite("What a job inherits", .enabled(if: cgroupsAreThere, cgroupsAreMissing))
struct InheritanceTests {
  @Test("It starts in its leaf, however it is made", arguments: allMethods)
  func placement(method: SpawnMethod) throws {
    let sandbox = try Sandbox(method: method)
    let leaf = try sandbox.leaf()
    let seen = try sandbox.output(of: "cat /proc/self/cgroup; exit 0", in: leaf)
    #expect(seen.split(separator: "\n").contains("0::\(leaf.path)"))
    #expect(leaf.remove() == .removed)
  }

  @Test(
    "Case 34: It has descriptors 0, 1 and 2 and no other, high ones included", arguments: allMethods
  )
  func descriptors(method: SpawnMethod) throws {
    let sandbox = try Sandbox(method: method)
    let leaf = try sandbox.leaf()
    // Not CLOEXEC, as those that somebody else's code opens may be.
    let leaked = unsafe open("/dev/null", O_RDONLY)
    let high = fcntl(leaked, F_DUPFD, 900)
    defer {
      close(leaked)
      close(high)
    }
    let child = try sandbox.startAndWait("echo; read line; sleep 1000", in: leaf)
    #expect(try numbers(of: child.pid) == ["0", "1", "2"])
    try leaf.kill()
    _ = try child.pidfd.waitForExit()
  }

  @Test(
    "Standard streams are the given ones, whatever numbers they come as",
    arguments: [
      [0, 1, 2], [1, 2, 0], [2, 0, 1], [1, 0, 2], [0, 0, 0], [2, 2, 1], [57, 0, 1], [0, 57, 0],
      [57, 58, 59], [59, 59, 1],
    ])
  func streams(given: [Int32]) async throws {
    await #expect(processExitsWith: .success) { [given] in
      let sandbox = try Sandbox()
      let leaf = try sandbox.leaf()
      let scratch = try ScratchDirectory()
      let report = try scratch.file("report", "", mode: 0o600)
      var names: [Int32: String] = [:]
      for number in Set(given) {
        names[number] = try scratch.file("stream\(number)", "", mode: 0o600)
      }
      let saved = (0..<3).map { fcntl($0, F_DUPFD_CLOEXEC, 60) }
      for (number, name) in names {
        let file = unsafe open(name, O_RDWR)
        if file != number {
          dup2(file, number)
          close(file)
        }
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
      }
      // In subshells: the shell redirects its own output for the time of a simple command.
      let script = "exec 3>\(report); for i in 0 1 2; do (readlink /proc/$$/fd/$i >&3); done"
      let specification = try SpawnSpecification(arguments: ["/bin/sh", "-c", script])
      let child = try sandbox.spawner.spawn(
        specification, in: leaf, input: FileDescriptor(rawValue: given[0]),
        output: FileDescriptor(rawValue: given[1]), error: FileDescriptor(rawValue: given[2]))
      _ = try child.pidfd.waitForExit()
      for number in 0..<3 { dup2(saved[number], Int32(number)) }
      let seen = try SmallFile.readText(report).split(separator: "\n").map(String.init)
      #expect(seen == given.map { names[$0] })
    }
  }

  @Test("Case 34: Nothing that the daemon set for itself reaches it", arguments: allMethods.indices)
  func hostileParent(method: Int) async throws {
    await #expect(processExitsWith: .success) { [method] in
      let limits = try ResourceLimit.allCurrent()
      try makeHostile()
      let sandbox = try Sandbox(method: allMethods[method])
      let spawner = try Spawner(method: allMethods[method], limits: limits)
      let leaf = try sandbox.leaf()
      let pipe = try LinuxSystem.Pipe()
      let null = try OwnedDescriptor.open("/dev/null", .readWrite)
      let script = """
        cat /proc/self/status /proc/self/oom_score_adj /proc/self/timerslack_ns; umask
        nice; ulimit -n; cut -d' ' -f 6,18,41 /proc/$$/stat; echo $$; env
        """
      let child = try spawner.spawn(
        SpawnSpecification(
          arguments: ["/bin/sh", "-c", script], environment: ["PATH=/usr/bin:/bin"], umask: 0o027),
        in: leaf, input: null.raw, output: pipe.writer.raw, error: null.raw)
      let reader = pipe.takeReader()
      let lines = try readToEnd(reader.raw).split(separator: "\n").map(String.init)
      _ = try child.pidfd.waitForExit()

      func status(_ key: String) -> Substring? {
        lines.first { $0.hasPrefix(key + ":\t") }?.split(separator: "\t").last
      }
      #expect(status("SigBlk") == "0000000000000000")
      #expect(status("SigIgn") == "0000000000000000")
      #expect(status("SigCgt") == "0000000000000000")
      #expect(status("Umask") == "0027")
      let rest = Array(lines.suffix(9))
      let files = limits.first { $0.resource == .openFiles }!.soft
      #expect(rest[0] == "0", "OOM score")
      #expect(rest[1] == "50000", "timer slack")
      #expect(rest[2] == "0027")
      #expect(rest[3] == "0", "nice")
      #expect(rest[4] == "\(files)")
      // Session, priority, scheduling policy.
      #expect(rest[5] == "\(child.pid) 20 0")
      #expect(rest[6] == "\(child.pid)")
      #expect(rest[7...].sorted() == ["PATH=/usr/bin:/bin", "PWD=/"])
      #expect(try SmallFile.readText("/proc/self/oom_score_adj") == "500\n", "the daemon's own")
    }
  }

  @Test("Case 6: A signal that the daemon blocks or ignores ends it", arguments: allMethods.indices)
  func signals(method: Int) async throws {
    await #expect(processExitsWith: .success) { [method] in
      try makeHostile()
      let sandbox = try Sandbox(method: allMethods[method])
      for signal in [Signal.terminate, .pipe, .interrupt, .userDefined1] {
        let leaf = try sandbox.leaf("\(signal.rawValue)")
        let child = try sandbox.startAndWait("echo; exec sleep 1000", in: leaf)
        try child.pidfd.send(signal)
        #expect(try child.pidfd.waitForExit().status == .signaled(signal, coreDumped: false))
      }
    }
  }

  @Test("Its environment and arguments are exactly those given, also what is no text, and large")
  func environment() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    var environment: [[UInt8]] = [
      Array("A=".utf8), Array("B(c)=()=x y".utf8), Array("=odd".utf8), [0x43, 0x3d, 0xff, 0xfe],
      Array("A=again".utf8),
    ]
    for number in 0..<5000 { environment.append(Array("VARIABLE_\(number)=value".utf8)) }
    environment.append(Array("LONG=".utf8) + [UInt8](repeating: 0x78, count: 100_000))
    let arguments = [Array("/bin/cat".utf8), Array("/proc/self/environ".utf8)]
    let text = try sandbox.bytes(
      of: SpawnSpecification(
        arguments: arguments, environment: environment, workingDirectory: Array("/".utf8)),
      in: leaf)
    #expect(text == environment.flatMap { $0 + [0] })

    let odd = [Array("/bin/printf".utf8), Array("%s|".utf8), [], [0xff, 0x20, 0x0a], [0x2d]]
    let other = try sandbox.leaf("2")
    let printed = try sandbox.bytes(
      of: SpawnSpecification(
        arguments: odd, environment: [], workingDirectory: Array("/".utf8)), in: other)
    #expect(printed == Array("|".utf8) + [0xff, 0x20, 0x0a] + Array("|-|".utf8))
  }

  @Test("A relative command and a relative PATH mean the job's own directory")
  func relative() throws {
    let sandbox = try Sandbox()
    let scratch = try ScratchDirectory()
    _ = try scratch.file("tool", "#!/bin/sh\necho here\n")
    for (number, command) in ["./tool", "tool"].enumerated() {
      let leaf = try sandbox.leaf("\(number)")
      let text = try sandbox.output(
        of: SpawnSpecification(
          arguments: [command], environment: ["PATH=/usr/bin::/bin"],
          workingDirectory: scratch.path), in: leaf)
      #expect(text == "here\n")
    }
  }

  @Test("Case 37: Exit codes are told as they are")
  func exitCodes() throws {
    let sandbox = try Sandbox()
    for code in [0, 1, 127, 199, 244, 255] as [Int32] {
      let leaf = try sandbox.leaf("\(code)")
      let child = try sandbox.start("exit \(code)", in: leaf)
      #expect(try child.pidfd.waitForExit().status == .exited(code: code))
    }
  }

  @Test("What the main process used is told with its exit")
  func usage() throws {
    let sandbox = try Sandbox()
    let leaf = try sandbox.leaf()
    let child = try sandbox.start("i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done", in: leaf)
    let exit = try child.pidfd.waitForExit()
    #expect(exit.userUSec + exit.systemUSec > 1000)
    #expect(exit.maxResidentBytes > 100_000)
  }

  private func numbers(of pid: Int32) throws -> [String] {
    try fileNames(in: "/proc/\(pid)/fd").sorted()
  }

  @Test("Born in a frozen cgroup it holds nothing of the daemon's open")
  func frozen() throws {
    let sandbox = try Sandbox()
    let leaf = LeafTree(try sandbox.leaf())
    let pipe = try LinuxSystem.Pipe()
    try sandbox.root.jobs.write("1", to: "cgroup.freeze")
    let spawner = sandbox.spawner
    let isOver = try EventCounter.make(takesOne: false)
    let counter = isOver.raw
    try DetachedThread.start(nil) {
      if let null = try? OwnedDescriptor.open("/dev/null", .readWrite),
        let specification = try? SpawnSpecification(arguments: ["/bin/true"])
      {
        _ = try? leaf.start(
          specification, by: spawner, input: null.raw, output: null.raw, error: null.raw)
      }
      EventCounter.add(counter)
    }
    var patience = Patience(seconds: hangGuardSeconds)
    while leaf.processes(limit: 1).isEmpty {
      guard patience.wait(for: nil, events: 0) else { throw Unexpected("nobody is born") }
    }
    let reader = pipe.takeReader()
    #expect(try poll(reader.raw, for: POLLIN), "the pipe's end isn't seen")
    try leaf.kill()
    EventCounter.take(counter)
    try sandbox.root.jobs.write("0", to: "cgroup.freeze")
    #expect(leaf.removeQuickly())
  }
}

/// Makes this process all that a daemon may be and a job may not.
private func makeHostile() throws {
  signal(SIGPIPE, SIG_IGN)
  signal(SIGINT, SIG_IGN)
  // A handler: it must not run in the child on memory that is the daemon's.
  signal(SIGUSR1) { _ in abort() }
  var all = sigset_t()
  unsafe sigfillset(&all)
  unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
  umask(0o077)
  setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, -5)
  try SmallFile.write("500", to: "/proc/self/oom_score_adj")
  let files = try ResourceLimit.current(.openFiles)
  try ResourceLimit(.openFiles, soft: 200, hard: files.hard).apply()
}
