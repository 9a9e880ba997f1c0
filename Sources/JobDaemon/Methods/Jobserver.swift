import JobProtocol

/// GNU make's jobserver, as it is found in a client's environment: it belongs to the make that the client
/// runs under. Its descriptors aren't passed, and tokens taken from it would be lost with a killed job.
///
/// https://www.gnu.org/software/make/manual/html_node/POSIX-Jobserver.html
enum Jobserver {
  private static let variables = ["MAKEFLAGS", "MFLAGS", "CARGO_MAKEFLAGS"]
  private static let options = ["--jobserver-auth=", "--jobserver-fds=", "-j"]

  /// The variable without a jobserver; `nil` if nothing is left of it.
  static func removed(from variable: OSString) -> OSString? {
    guard let name = variables.first(where: variable.isVariable), let text = variable.text,
      text.contains("--jobserver-")
    else { return variable }
    let value = text.utf8.dropFirst(name.utf8.count + 1)
    let words = value.split(separator: UInt8(ascii: " ")).filter { word in
      !options.contains { word.starts(with: $0.utf8) }
    }
    let rest = Array(words.joined(separator: [UInt8(ascii: " ")]))
    return rest.isEmpty ? nil : OSString(bytes: Array("\(name)=".utf8) + rest)
  }
}
