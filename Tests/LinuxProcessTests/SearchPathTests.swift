import Testing

@testable import LinuxProcess

@Suite("Looking for a command")
struct SearchPathTests {
  private func candidates(_ command: String, _ environment: String...) -> [String] {
    SearchPath.candidates(
      for: Array(command.utf8), environment: environment.map { Array($0.utf8) }
    ).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test("It is looked for in the job's PATH, in its order")
  func order() {
    #expect(candidates("ls", "X=1", "PATH=/b:/a") == ["/b/ls", "/a/ls"])
  }

  @Test("The first PATH of two counts")
  func first() {
    #expect(candidates("ls", "PATH=/a", "PATH=/b") == ["/a/ls"])
  }

  @Test("An empty element is the working directory")
  func emptyElement() {
    #expect(candidates("ls", "PATH=/a::/b:") == ["/a/ls", "ls", "/b/ls", "ls"])
    #expect(candidates("ls", "PATH=") == ["ls"])
  }

  @Test("A command with a slash is a path, wherever it points")
  func path() {
    #expect(candidates("./ls", "PATH=/a") == ["./ls"])
    #expect(candidates("/bin/ls", "PATH=/a") == ["/bin/ls"])
  }

  @Test("A job without PATH gets the standard one")
  func standard() {
    #expect(candidates("ls", "PATHX=/a").contains("/usr/bin/ls"))
  }

  @Test("A command that is too long to be in a directory is looked for once")
  func longCommand() {
    let longest = String(repeating: "x", count: 4095)
    #expect(candidates(longest, "PATH=/a:/b").count == 2)
    #expect(candidates(longest + "x", "PATH=/a:/b") == [longest + "x"])
  }

  @Test("The empty command is nowhere")
  func empty() {
    #expect(candidates("", "PATH=/a") == [])
  }

  @Test("What has a NUL in it, or no arguments, is refused before anything is started")
  func invalid() {
    #expect(throws: SpawnSpecification.Invalid.noArguments) {
      try SpawnSpecification(arguments: [])
    }
    #expect(throws: SpawnSpecification.Invalid.embeddedNUL) {
      try SpawnSpecification(arguments: ["a", "b\0c"])
    }
    #expect(throws: SpawnSpecification.Invalid.embeddedNUL) {
      try SpawnSpecification(arguments: ["a"], environment: ["X=\0"])
    }
    #expect(throws: SpawnSpecification.Invalid.embeddedNUL) {
      try SpawnSpecification(arguments: ["a"], workingDirectory: "/\0")
    }
  }
}
