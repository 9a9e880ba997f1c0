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
      case .help: print(Help.text)
      case .version: print(Version.current)
      }
      return EXIT_SUCCESS
    } catch {
      var text = "jobd: \(error.message)\n\(Help.usage)\nSee 'jobd --help' for more information.\n"
      text.withUTF8 { _ = unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
      return EX_USAGE
    }
  }
}
