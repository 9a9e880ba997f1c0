import ArgumentParser
import JobProtocol
import Testing

@testable import jobctl

/// What `jobctl run` reads by itself, it reads as the library would.
@Suite("jobctl run: options read quickly")
struct JobctlQuickOptionsTests {
  @Test(
    "What is read quickly is read as the library reads it",
    arguments: [
      "run true", "run -- true", "run true -- x", "run make -j4 --keep-going", "run -- -x",
      "run -q true", "run -v true", "run --json --verbose true", "run -i -- env", "run -- -- x",
      "run -n tests -C /tmp true", "run --name tests --cwd sub true --name other",
      "run --umask 022 true", "run -s INT -k 30s make", "run --signal none --grace 500ms make",
      "run --status-fd 2 true", "run --socket /s true", "run --stdin null true",
      "run --stdin keepalive true", "run --stdin close true", "run --wait tree true",
      "run --wait main --stop-scope main true", "run -u A -u B -E C=1 -E D -E C=2 env",
      "run --unset A --env B= env", "run --clear-env --env PATH=/bin env -i",
      "run --socket ./relative -n ä true", "--socket /s run true", "--socket s run -q -- true",
      "--socket=/s run true", "--socket /s run --socket /t true", "run --name=x true",
      "run --name=-x true", "run --env=A=b=c --grace=5 env", "run -n=x true",
      "run -n= true", "run -n - true", "run -qi true", "run -qin x true", "run -k5 make -j4",
      "run -ni make test", "run -sINT -C/src -uHOME make", "run -n-x true", "run -q -q true",
      "run -n a -n b true", "run --stdin null --stdin=close true", "run -k 1 --grace=2 true",
    ])
  func same(_ line: String) throws {
    let arguments = line.split(separator: " ").map(String.init)
    let quick = try #require(read(quickly: line))
    let command = try #require(try Jobctl.parseAsRoot(arguments) as? RunCommand)
    #expect(quick == command.completeOptions)
  }

  @Test(
    "A value stands in the word of its option, whatever is in it",
    arguments: [
      ("-EA=1", ["A=1"]), ("-qEA=1", ["A=1"]), ("-E=A", ["A"]), ("--env=A=1", ["A=1"]),
      ("-EA -EB=", ["A", "B="]), ("-iE A", ["A"]), ("--env= -E A", ["", "A"]),
    ])
  func attached(_ options: String, _ variables: [OSString]) throws {
    #expect(try #require(read(quickly: "run \(options) true")).environment.env == variables)
  }

  @Test("A value that is not UTF-8 may stand in the word of its option")
  func attachedBytes() throws {
    for option in ["--cwd=", "-C", "-qC"] {
      let words = [Array("run".utf8), Array(option.utf8) + [0xff], Array("true".utf8)]
      guard case .run(let options) = QuickReading(words) else { throw TestedWasLeft() }
      #expect(options.job.directory == OSString(bytes: [0xff]))
    }
  }

  @Test(
    "The library sees nothing of the job's words",
    arguments: [
      ("run --nmae x ---", "run --nmae"), ("run --nmae=x -=x", "run --nmae=x"),
      ("run --help ---", "run --help"), ("run -h", "run -h"), ("run -q --version", "run --version"),
      ("run -n", "run -n"), ("run --name -x -=x", "run --name -x"),
      ("run --json=1 x", "run --json=1"),
      ("run -n a --umask 8 ---", "run --umask 8"), ("run -qZ x", "run -qZ"),
      ("run -q=1 x", "run -q=1"),
      ("run --grace=x ---", "run --grace=x"),
      ("--socket /s run --signal NO -=x", "run --signal NO"),
      ("run --stdin inherited --generate-completion-script", "run --stdin inherited"),
      ("run --wait forest --", "run --wait forest"), ("run --status-fd x", "run --status-fd x"),
    ])
  func left(_ line: String, _ seen: String) {
    #expect(QuickReading(words(line)) == .other(words(seen)))
    #expect(Jobctl.start(words(line)) == (seen.contains(#/ (-h|--help|--version)$/#) ? 0 : 125))
  }

  @Test(
    "What is not jobctl run is left to the library as it is",
    arguments: [
      "", "list", "--socket /s list", "--socket=/s list", "--socket -s run true", "--socket",
      "--socket run", "--json run true", "help run", "---completion run -- words",
      "--socketrun run",
    ])
  func others(_ line: String) {
    #expect(QuickReading(words(line)) == .other(words(line)))
  }

  @Test(
    "Options that are wrong together are told as the library tells what is wrong",
    arguments: [
      "run", "run --", "run - x", "run --quiet --verbose true", "run -qv true", "run --env =x true",
      "run --status-fd 1 true", "run --unset A=B true",
    ])
  func together(_ line: String) throws {
    let arguments = line.split(separator: " ").map(String.init)
    let problem = try #require(read(quickly: line)?.problem)
    let error = #expect(throws: (any Error).self) { try Jobctl.parseAsRoot(arguments) }
    let said = "Error: \(RunCommand.misused(problem).message)"
    #expect(Jobctl.fullMessage(for: try #require(error)) == said)
  }

  private func read(quickly line: String) -> RunOptions? {
    if case .run(let options) = QuickReading(words(line)) { options } else { nil }
  }

  private func words(_ line: String) -> [[UInt8]] {
    line.split(separator: " ").map { Array($0.utf8) }
  }

  private struct TestedWasLeft: Error {}
}
