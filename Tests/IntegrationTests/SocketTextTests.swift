import Glibc
import Testing

@Suite(
  "A socket's path that isn't UTF-8 is refused, and no other is tried", .timeLimit(.minutes(15)))
struct SocketTextTests {
  private let harness: JobctlHarness

  init() throws {
    harness = try JobctlHarness()
  }

  /// What names the socket, as the shell sets it, and as it is told.
  enum Source: CaseIterable {
    case option, variable, runtimeDirectory, workingDirectory

    var arguments: String {
      switch self {
      case .option: #"--socket "$X/s""#
      case .variable, .runtimeDirectory: ""
      case .workingDirectory: "--socket s"
      }
    }

    var environment: String {
      switch self {
      case .option, .workingDirectory: ""
      case .variable: #"JOBD_SOCKET="$X/s""#
      // The system's is root's, wherever this points to.
      case .runtimeDirectory: #"JOBD_SOCKET= XDG_RUNTIME_DIR="$X""#
      }
    }

    var name: String {
      switch self {
      case .option: "--socket"
      case .variable: "$JOBD_SOCKET"
      case .runtimeDirectory: "$XDG_RUNTIME_DIR"
      case .workingDirectory: "working directory"
      }
    }
  }

  @Test("By jobctl", arguments: [Source.option, .variable, .runtimeDirectory])
  func jobctl(_ source: Source) async throws {
    let run = try await run("jobctl", source, "list", as: source == .runtimeDirectory ? 1 : nil)
    #expect(run.output == "125\n")
    expect(run, toName: source)
  }

  @Test("By jobd", arguments: Source.allCases)
  func jobd(_ source: Source) async throws {
    let run = try await run("jobd", source, as: source == .runtimeDirectory ? 1 : nil)
    #expect(run.output == (source == .option ? "64\n" : "1\n"))
    expect(run, toName: source)
  }

  @Test("jobctl goes into a directory of any name to find a socket there")
  func relative() async throws {
    let run = try await harness.shell(
      #"""
      X=$D/$(printf 'caf\351'); mkdir "$X"; ln -s $D/jobd.sock "$X/s"
      cd "$X" && jobctl --socket s run -u JOBD_SOCKET sh -c 'exit 3'; echo $?; cd /; rm -r "$X"
      """#)
    #expect(run.output == "3\n")
    #expect(run.errors == "")
  }

  private func run(
    _ program: String, _ source: Source, _ command: String = "", as user: Int? = nil
  ) async throws -> Spawned.Ended {
    let user = user.map { "setpriv --reuid=\($0) --clear-groups" } ?? ""
    // Without a file of the socket, nor a directory, that could be left.
    return try await harness.shell(
      #"""
      X=$D/$(printf 'caf\351'); mkdir "$X"; chmod 755 $D; cd "$X"
      env \#(source.environment) \#(user) \#(program) \#(source.arguments) \#(command)
      echo $?; ls -A; cd /; rm -r "$X"
      """#)
  }

  private func expect(_ run: Spawned.Ended, toName source: Source) {
    #expect(run.errors.contains(source.name))
    #expect(run.errors.contains("caf\u{fffd}"))
    #expect(run.errors.contains("is not UTF-8"))
  }
}
