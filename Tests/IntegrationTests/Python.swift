import Glibc
import LinuxSystem
import TestSupport
import Testing

/// Programs in Python that the tests use.
enum Python {
  /// One that has what `Tests/python-requirements.txt` asks for. `make test` provides it.
  static let withVarlink = ProcessContext.variable("JOBD_TEST_PYTHON").map {
    String(decoding: $0, as: UTF8.self)
  }

  /// The path of a script in the directory `Python` beside this file.
  static func script(_ name: String) -> String {
    "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Python/\(name)"
  }
}
