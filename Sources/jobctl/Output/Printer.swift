internal import Glibc
internal import SystemPackage
internal import Varlink

/// Writes what was asked for to standard output, all of it or not at all with a failure that says so.
enum Printer {
  static func print(_ text: String) throws(Failure) {
    do {
      try FileDescriptor.standardOutput.writeAll(text.utf8)
    } catch {
      throw Failure("standard output: \(error)")
    }
  }

  /// One value a line.
  static func print(_ json: JSON) throws(Failure) {
    try print("\(json)\n")
  }

  /// A line for people, on standard error. That there is nobody to read it is no reason to fail, nor to die.
  static func note(_ line: String, before: String = "") {
    let disposition = signal(SIGPIPE, SIG_IGN)
    defer { _ = signal(SIGPIPE, disposition) }
    _ = try? FileDescriptor.standardError.writeAll("\(before)\(noted(line))".utf8)
  }

  /// A line for people, as it is written.
  static func noted(_ line: String) -> String { "jobctl: \(line)\n" }
}
