import JobClient
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// What a newcomer copies from README.md.
@Suite("The examples of the README", .needsCgroups)
struct ReadmeTests {
  @Test("The Python example runs a job and says how it ended")
  func python() throws {
    let names = [
      #""/run/jobd/jobd.sock""#: #"os.environ["JOBD_SOCKET"]"#,
      #"["make", "-j4"]"#: ##"["sh", "-c", "pwd; printf '\\377#\\n'; exit 3"]"##,
      #""/src""#: #""/usr""#,
      "import base64,": "import os, base64,",
    ]
    var example = try Self.example("python")
    for (name, replacement) in names {
      try #require(example.contains(name))
      example = example.replacing(name, with: replacement)
    }
    try withDaemon { daemon in
      var specification = TestProcess.Specification(["/usr/bin/python3", "-c", example])
      specification.environment.append("JOBD_SOCKET=\(daemon.socketPath)")
      let output = daemon.directory.path("output")
      specification.output = try FileDescriptor.open(
        FilePath(output), .writeOnly, options: [.create, .closeOnExec], permissions: .ownerReadWrite
      )
      defer { try? specification.output?.close() }
      let exit = try TestProcess(specification).waitForExit()
      #expect(exit.status == .exited(code: 0))
      let said = try contents(of: output).split(separator: "\n", maxSplits: 1)
      #expect(said.first == "/usr")
      #expect(said.last?.hasPrefix("\u{fffd}#\n") == true)
      #expect(said.last?.contains("'cause': 'exited'") == true)
      #expect(said.last?.contains("'exitStatus': 3") == true)
    }
  }

  @Test("The Swift example is the one that is compiled here")
  func swift() throws {
    let source = try contents(of: #filePath)
    let compiled = try between("    // The example.\n", "\n    // Its end.", of: source)
      .split(separator: "\n", omittingEmptySubsequences: false).map { $0.dropFirst(4) }
    #expect(try Self.example("swift") == compiled.joined(separator: "\n"))
  }

  private func compiles() async throws {
    // The example.
    let client = try JobClient()
    let build = JobConfiguration(.name("make"), arguments: ["-j4"], workingDirectory: "/src")

    for try await event in try await client.run(build) {
      switch event {
      case .output(let output): print(String(decoding: output.bytes, as: UTF8.self), terminator: "")
      case .finished(let job): print("done:", job.runtime.result?.terminationStatus as Any)
      default: break
      }
    }
    // Its end.
  }

  /// The README's code block in this language, without a final newline.
  private static func example(_ language: String) throws -> String {
    let package = #filePath.prefix(
      upTo: try #require(#filePath.firstRange(of: "/Tests/")).lowerBound)
    return try between("```\(language)\n", "\n```", of: try contents(of: "\(package)/README.md"))
  }
}

/// What is between two texts, of which the first is there once.
private func between(_ start: String, _ end: String, of text: String) throws -> String {
  let parts = text.split(separator: start, maxSplits: 2, omittingEmptySubsequences: false)
  try #require(parts.count == 2, "\(start) isn't there once")
  let found = parts[1]
  return String(found[..<(try #require(found.firstRange(of: end)).lowerBound)])
}
