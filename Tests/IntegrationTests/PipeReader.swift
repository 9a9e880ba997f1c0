import Dispatch
import Glibc
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// The reading end of a pipe, read by one at a time.
final class PipeReader: Sendable {
  private let descriptor: FileDescriptor
  /// What was read and not yet handed out.
  private let rest = Mutex<[UInt8]>([])

  /// Takes over the descriptor.
  init(_ descriptor: FileDescriptor) {
    self.descriptor = descriptor
  }

  deinit {
    try? descriptor.close()
  }

  /// Waits for a line that is as wanted, skipping others; `nil` if the end comes first.
  func line(where isWanted: (String) -> Bool = { _ in true }) -> String? {
    while let line = nextLine() {
      if isWanted(line) { return line }
    }
    return nil
  }

  /// Everything up to the end.
  func all() -> [UInt8] {
    rest.withLock { rest in
      while readMore(&rest) {}
      defer { rest = [] }
      return rest
    }
  }

  private func nextLine() -> String? {
    rest.withLock { rest in
      while true {
        if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
          defer { rest.removeFirst(end + 1) }
          return String(decoding: rest[..<end], as: UTF8.self)
        }
        if !readMore(&rest) { return nil }
      }
    }
  }

  /// False at the end, and where nothing comes for so long that a test hangs.
  private func readMore(_ bytes: inout [UInt8]) -> Bool {
    var poll = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
    guard unsafe Glibc.poll(&poll, 1, Int32(HangGuard.seconds * 1000)) == 1 else {
      // Not its end: some process still holds the pipe.
      Issue.record("waited in vain for more on a pipe, or its end")
      return false
    }
    let part = try? unsafe [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
      count = try unsafe descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
    }
    bytes += part ?? []
    return !(part ?? []).isEmpty
  }
}

/// Does what waits, on a thread that may: those of Swift's tasks are few.
func waiting<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
  await withCheckedContinuation { continuation in
    DispatchQueue.global().async { continuation.resume(returning: body()) }
  }
}
