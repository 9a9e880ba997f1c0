internal import LinuxSystem

/// A process that traces another one and does nothing about it: a debugger that waits for its user.
///
/// A traced process that exits stays a zombie until its tracer has taken notice. ptrace(2), PTRACE_SEIZE
public final class Tracer {
  private let process: TestProcess

  public init(of pid: Int32) throws {
    let script = """
      import ctypes, sys, time
      seize = 0x4206
      assert ctypes.CDLL(None).ptrace(seize, int(sys.argv[1]), 0, 0) == 0
      print("traces", flush=True)
      time.sleep(1000)
      """
    let pipe = try LinuxSystem.Pipe()
    var specification = TestProcess.Specification(["python3", "-c", script, "\(pid)"])
    specification.output = pipe.writer.raw
    process = try TestProcess(specification)
    let reader = pipe.takeReader()
    guard try readLine(reader.raw) == "traces" else { throw TestFailure("\(pid) can't be traced") }
  }

  /// Lets go of it, by ending.
  public func end() throws {
    try process.send(.kill)
    try process.waitForExit()
  }
}
