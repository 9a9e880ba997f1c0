/// Why jobctl itself could not do what it was asked.
struct Failure: Error, Equatable {
  /// What is said on standard error, without the name of the program before it.
  var message: String
  var exitCode: Int32

  init(_ message: String, exitCode: Int32 = ExitStatus.failure) {
    self.message = message
    self.exitCode = exitCode
  }
}
