import JobDaemon
import JobEngine
import Logging
import Testing

@testable import jobd

@Suite("jobd: its command line")
struct JobdCommandLineTests {
  @Test("What isn't said is left as it is by default")
  func nothing() throws {
    let request = try Request([])
    #expect(request == .serve(Configuration()))
    #expect(
      request
        == .serve(
          Configuration(
            socket: nil, controlGroup: "auto", runningMax: nil, queuedMax: nil, logLevel: .notice)))
  }

  @Test("A value stands behind its option, or behind a =")
  func values() throws {
    let expected = Request.serve(
      Configuration(
        socket: "/s", controlGroup: "none", runningMax: 1, queuedMax: 0, logLevel: .debug))
    let apart = [
      "--socket", "/s", "--cgroup", "none", "--running-max", "1", "--queued-max", "0",
      "--log-level", "debug",
    ]
    let joined = [
      "--socket=/s", "--cgroup=none", "--running-max=1", "--queued-max=0", "--log-level=debug",
    ]
    #expect(try Request(apart) == expected)
    #expect(try Request(joined) == expected)
    #expect(try Request(["--socket=/a=b"]) == .serve(Configuration(socket: "/a=b")))
  }

  @Test("Who asks for help or the version gets it, whatever else is said")
  func help() throws {
    // The defaults of the service, in the digits that a command line takes.
    let limits = Limits()
    #expect(Help.text.contains("further ones wait. Default: \(limits.runningMax)."))
    #expect(Help.text.contains("further ones are refused. Default: \(limits.queuedMax)."))
    for option in ["-h", "--help"] { #expect(try Request(["--socket", "/s", option]) == .help) }
    #expect(try Request(["--version", "--nonsense"]) == .version)
  }

  @Test(
    "What can't be understood is said, and nothing is started",
    arguments: [
      (["--nonsense"], "--nonsense"), (["serve"], "serve"), (["--socket"], "--socket"),
      (["--socket", "--cgroup", "none"], "--socket"), (["--running-max", "0"], "--running-max"),
      (["--running-max=many"], "many"), (["--queued-max=-1"], "-1"),
      (["--log-level", "all"], "all"), (["--running-max", "-1"], "'-1'"), (["--cgroup", ""], "''"),
      (["--cgroup", "delegate"], "'delegate'"),
      (["--"], "--"), (["-v"], "-v"), ([""], "''"),
    ])
  func misuse(_ arguments: [String], _ named: String) async {
    let error = #expect(throws: UsageError.self) { try Request(arguments) }
    #expect(error?.message.contains(named) == true)
    #expect(await Jobd.start(arguments.map { Array($0.utf8) }) == 64)
  }

  @Test(
    "Help that can't be written is a failure", arguments: ["--help", "--version"],
    [">&-", ">/dev/full"])
  func unwritable(_ option: String, _ redirection: String) async throws {
    let run = try await Spawned(
      "/bin/sh", ["-c", "exec \(Spawned.product("jobd")) \(option) \(redirection)"]
    ).ended()
    #expect(run.status == 1)
    #expect(run.errors.hasPrefix("jobd: standard output: "))
  }

  @Test("What is not UTF-8 is told, with the option that it was meant for")
  func notText() {
    for (arguments, message) in [
      (["--socket", "\u{e9}"], "--socket: '\u{fffd}' is not UTF-8"),
      (["--socket=\u{e9}"], "'--socket=\u{fffd}' is not UTF-8"),
      (["\u{e9}"], "'\u{fffd}' is not UTF-8"),
      (["--socket=/s", "\u{e9}"], "'\u{fffd}' is not UTF-8"),
    ] {
      // In Latin-1 each character is a byte of its number.
      let bytes = arguments.map { $0.unicodeScalars.map { UInt8($0.value) } }
      #expect(throws: UsageError(message)) { try Request(bytes: bytes) }
    }
  }
}
