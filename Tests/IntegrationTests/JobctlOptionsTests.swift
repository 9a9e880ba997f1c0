import ArgumentParser
import JobProtocol
import Testing

@testable import jobctl

@Suite("jobctl: options")
struct JobctlOptionsTests {
  @Test("Any bytes come through the parser as they were", arguments: bytes)
  func rawArguments(_ bytes: [UInt8]) throws {
    let text = RawArgument.escape(bytes)
    #expect(RawArgument(argument: text)?.value.bytes == bytes)
  }

  static let bytes: [[UInt8]] = [
    [], Array("make".utf8), Array("café €𝄞".utf8), [0xff], [0xc3], [0xc3, 0x28], [0xe2, 0x82],
    Array(0x01...0xff), Array("a".utf8) + [0x80] + Array("é".utf8) + [0xfe],
    // The scalars that stand for escaped bytes, and the last one before them.
    Array("\u{10FF80}\u{10FFFF}\u{10FF7F}".utf8),
    // A surrogate, encoded as CESU-8 does.
    [0xed, 0xa0, 0x80],
  ]

  @Test("Options end at the first word that isn't one")
  func passthrough() throws {
    let run = try parse("run", "--grace", "1", "make", "-j4", "--grace", "2", "--", "x")
    #expect(run.words.map(\.value) == ["make", "-j4", "--grace", "2", "--", "x"])
    #expect(run.stop.grace == TimeSpan(microseconds: 1_000_000))
  }

  @Test("The socket is named before or behind the subcommand, and a command's own isn't ours")
  func socket() throws {
    #expect(try parse("run", "--socket", "/s", "true").connection.socket?.value == "/s")
    #expect(try parse("--socket", "/s", "run", "true").jobctl.socket?.value == "/s")
    let run = try parse("run", "curl", "--socket", "/s")
    #expect(run.connection.socket == nil)
    #expect(run.jobctl.socket == nil)
  }

  @Test(
    "Usage errors are 125, as those of env and timeout",
    arguments: [
      ["run"], ["run", "--"], ["run", "--no-such-option", "make"], ["run", "-Z", "make"],
      ["run", "--grace", "long", "make"], ["run", "--signal", "NO", "make"],
      ["run", "--stdin", "maybe", "make"], ["run", "-q", "-v", "make"], ["run", "--", ""],
      ["run", "--umask", "888", "make"], ["run", "--env", "=x", "make"],
      ["run", "--unset", "A=B", "make"], ["run", "--status-fd", "1", "make"], ["cancel"],
      ["status", "seven"], ["no-such-command"],
    ])
  func usage(_ arguments: [String]) {
    #expect(Jobctl.start(arguments.map { Array($0.utf8) }) == 125)
  }

  @Test("The environment is cleared, then unset, then set")
  func environment() throws {
    let own: [OSString] = ["A=1", "B=2", "C=3", "NOTHING", "=x"]
    func variables(_ options: String...) throws -> [OSString] {
      try parse(["run"] + options + ["true"]).environment.options.variables(from: own)
    }
    #expect(try variables() == ["A=1", "B=2", "C=3"])
    #expect(try variables("-u", "B", "--unset", "D") == ["A=1", "C=3"])
    #expect(try variables("--env", "B=x=y", "-E", "D=") == ["A=1", "C=3", "B=x=y", "D="])
    #expect(try variables("-i") == [])
    #expect(try variables("-i", "-E", "B", "-E", "Z") == ["B=2"])
    #expect(try variables("-u", "A", "-E", "A=9") == ["B=2", "C=3", "A=9"])
    #expect(try variables("-E", "A=1", "-E", "A=2") == ["B=2", "C=3", "A=2"])
  }

  @Test("What isn't said is left to jobd, but for what jobctl has itself")
  func context() throws {
    let run = try parse("run", "-C", "/src", "--umask", "027", "-s", "int", "-k", "0", "make")
    let context = try JobContext(run.options)
    #expect(context.workingDirectory == "/src")
    #expect(context.umask == 0o27)
    #expect(context.name == nil)
    #expect(context.stop?.signal == "SIGINT")
    #expect(context.stop?.gracePeriodUSec == 0)
    #expect(context.stop?.closeStandardInput == nil)
  }

  private func parse(_ arguments: String...) throws -> RunCommand {
    try parse(arguments)
  }

  private func parse(_ arguments: [String]) throws -> RunCommand {
    try #require(Jobctl.parseAsRoot(arguments) as? RunCommand)
  }
}
