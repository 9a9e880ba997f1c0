internal import LinuxSystem
internal import SystemPackage

/// Waits for the end of standard input, which keeps a job alive, on a thread of its own: of several who read
/// one pipe each may be told that there is something, find it taken by another, and wait.
///
/// The descriptor is the thread's for as long as the process lives.
final class InputWatch: Sendable {
  private let counter: OwnedDescriptor

  /// To be made when signals are blocked, as the thread must not take them.
  init() throws(Failure) {
    do throws(SystemError) {
      counter = try EventCounter.make(takesOne: false)
      try DetachedThread.start(nil) { [self] in
        Self.readToEnd(.standardInput)
        EventCounter.add(counter.raw)
      }
    } catch {
      throw Failure("--stdin keepalive: standard input can't be watched: \(error)")
    }
  }

  /// Lent. Readable from the end of standard input on.
  var ended: FileDescriptor { counter.raw }

  /// What there is to read means nothing. An error is an end, unless it says that there is nothing now.
  private static func readToEnd(_ input: FileDescriptor) {
    while true {
      // A background process that reads its terminal is stopped, so not before there is something.
      var poll = Poll()
      poll.add(input)
      guard (try? poll.wait()) != nil else { return }
      do {
        let count = try unsafe withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) {
          try unsafe input.read(into: $0)
        }
        if count == 0 { return }
      } catch Errno.wouldBlock {
        continue
      } catch {
        return
      }
    }
  }
}
