internal import ArgumentParser

/// What went wrong with some of several jobs, when the others are to be told of all the same.
struct Failures {
  private var said: Set<String> = []
  private var worst: Failure?

  /// Does something for one of them. A failure is said, but not the same one twice, and the worst remembered.
  ///
  /// - Returns: `nil` where that failed.
  @discardableResult
  mutating func of<Value>(_ deed: () throws(Failure) -> Value) -> Value? {
    do throws(Failure) {
      return try deed()
    } catch {
      if said.insert(error.message).inserted { Printer.note(error.message) }
      if error.exitCode >= worst?.exitCode ?? 0 { worst = error }
      return nil
    }
  }

  /// To be called when all is done.
  ///
  /// - Throws: The code to exit with, if anything failed.
  func end() throws {
    if let worst { throw ExitCode(worst.exitCode) }
  }
}
