internal import Glibc

extension CommandLine {
  /// The arguments behind the program's name, as they were given, byte for byte.
  static var rawArguments: [[UInt8]] {
    (1..<max(1, Int(argc))).compactMap { index in
      unsafe unsafeArgv[index].map {
        unsafe Array(UnsafeRawBufferPointer(start: $0, count: strlen($0)))
      }
    }
  }
}
