import ArgumentParser
import Testing

@testable import jobctl

/// What `jobctl run` reads by itself, it reads as the library would.
@Suite("jobctl run: options read quickly")
struct JobctlQuickOptionsTests {
  private func read(quickly arguments: [String]) -> RunOptions? {
    RunOptions(quickly: arguments.map { Array($0.utf8) })
  }

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
    ])
  func same(_ line: String) throws {
    let arguments = line.split(separator: " ").map(String.init)
    let quick = try #require(read(quickly: arguments))
    let command = try #require(try Jobctl.parseAsRoot(arguments) as? RunCommand)
    #expect(quick == command.completeOptions)
  }

  @Test(
    "What is odd or wrong is left to the library",
    arguments: [
      "", "list", "run - x", "run", "run --", "run --help", "run -h",
      "run --version", "--socket /s list", "--socket=/s run true", "--socket -s run true",
      "--socket", "--socket run", "--socket /s run --socket /t true", "--json run true",
      "run --nmae x true", "run --name=x true", "run -nx true", "run -qv true", "run --name",
      "run --name -x true", "run -q -q true", "run -n a -n b true", "run --umask 8 true",
      "run --grace x true", "run --signal NONE2 true", "run --stdin inherited true",
      "run --quiet --verbose true", "run --status-fd 1 true", "run --env =x true",
      "run --unset A=B true", "run --wait forest true", "help run",
    ])
  func left(_ line: String) {
    #expect(read(quickly: line.split(separator: " ").map(String.init)) == nil)
  }
}
