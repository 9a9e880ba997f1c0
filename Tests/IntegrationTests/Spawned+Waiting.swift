import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

/// What nothing tells to the outside: looked at until it is so.
extension Spawned {
  /// Waits until jobctl has blocked SIGTERM, to read it.
  func waitUntilListening() async throws {
    try await wait { signals("SigBlk") & 1 << (SIGTERM - 1) != 0 }
  }

  /// Waits until jobctl has read all signals, or has ended.
  func waitUntilNothingIsPending() async throws {
    try await wait { signals("ShdPnd") == 0 }
  }

  /// Sends a signal again and again until that ends it.
  func kill(untilItEnds signal: Signal) throws {
    let pidfd = try Pidfd.open(pid)
    try waitUntil("\(signal) has ended it") {
      try pidfd.send(signal)
      return try isReadable(pidfd.descriptor.raw)
    }
  }

  /// Fills a pipe that it writes to, to the last byte.
  ///
  /// - Returns: How many bytes that took.
  func fill(_ number: Int32) throws -> Int {
    let pipe = try FileDescriptor.open(
      FilePath("/proc/\(pid)/fd/\(number)"), .writeOnly, options: [.nonBlocking, .closeOnExec])
    defer { try? pipe.close() }
    var count = 0
    for size in [4096, 1] {
      let bytes = [UInt8](repeating: UInt8(ascii: "-"), count: size)
      while let written = try? unsafe bytes.withUnsafeBytes({ try unsafe pipe.write($0) }) {
        count += written
      }
    }
    return count
  }

  private func wait(until isSo: () -> Bool) async throws {
    while !isSo() {
      try Task.checkCancellation()
      await Task.yield()
    }
  }
}
