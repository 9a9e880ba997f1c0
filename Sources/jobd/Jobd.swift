internal import Glibc
internal import JobDaemon
internal import JobProtocol

/// The command `jobd`.
enum Jobd {
  /// Does what the command line asks for.
  ///
  /// - Returns: What to exit with.
  @MainActor static func start(_ arguments: [[UInt8]]) -> Int32 {
    do throws(UsageError) {
      switch try Request(bytes: arguments) {
      case .serve(let configuration): return Daemon.main(configuration)
      case .help: return show(Help.text)
      case .version: return show(Version.current)
      }
    } catch {
      complain("\(error.message)\n\(Help.usage)\nSee 'jobd --help' for more information.")
      return EX_USAGE
    }
  }

  /// - Returns: What to exit with: that it can't be written is a failure.
  private static func show(_ text: String) -> Int32 {
    print(text)
    // It may still be in the buffer of standard output.
    guard fflush(nil) == 0 else {
      complain("standard output: \(unsafe String(cString: strerror(errno)))")
      return EXIT_FAILURE
    }
    return EXIT_SUCCESS
  }

  private static func complain(_ message: String) {
    var text = "jobd: \(message)\n"
    text.withUTF8 { _ = unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
