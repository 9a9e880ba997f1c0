import LinuxSystem
import TestSupport
import Testing

@Suite(
  "Varlink clients that others wrote speak with jobd", .needsCgroups,
  .enabled(
    if: Python.withVarlink != nil,
    "needs a Python with Tests/python-requirements.txt, named by JOBD_TEST_PYTHON: see `make test`")
)
struct PythonTests {
  /// What the script `varlink_client.py` can be asked to do.
  enum Varlink: String, CaseIterable {
    case introspects, runs, cancels, closes, refused
  }

  /// What the script `asyncvarlink_client.py` can be asked to do.
  enum AsyncVarlink: String, CaseIterable {
    case introspects, runs, cancels, closes
  }

  @Test("The package varlink", arguments: Varlink.allCases)
  func varlink(_ scenario: Varlink) throws {
    try withDaemon { daemon in
      try run("varlink_client.py", scenario.rawValue, daemon.socketPath)
    }
  }

  @Test("The package asyncvarlink", arguments: AsyncVarlink.allCases)
  func asyncVarlink(_ scenario: AsyncVarlink) throws {
    try withDaemon { daemon in
      try run("asyncvarlink_client.py", scenario.rawValue, daemon.socketPath)
    }
  }

  @Test("The package varlink starts a jobd of its own, by socket activation")
  func activated() throws {
    try run("varlink_client.py", "activates", TestDaemon.program("jobd"))
  }

  /// Runs a scenario, and says what it says where it fails.
  private func run(_ script: String, _ scenario: String, _ argument: String) throws {
    let pipe = try LinuxSystem.Pipe()
    var specification = TestProcess.Specification([
      Python.withVarlink ?? "", Python.script(script), scenario, argument,
    ])
    (specification.output, specification.error) = (pipe.writer.raw, pipe.writer.raw)
    let client = try TestProcess(specification)
    let reader = pipe.takeReader()
    let said = String(decoding: try readToEnd(reader.raw), as: UTF8.self)
    #expect(try client.waitForExit().status == .exited(code: 0), "\(said)")
  }
}
