internal import Glibc
internal import LinuxSystem
public import SystemPackage

/// A generous end for what must happen: a test that gets here has failed, however slow the machine.
public enum HangGuard {
  public static let seconds =
    unsafe getenv("JOBD_HANG_SECONDS").flatMap { unsafe Int(String(cString: $0)) } ?? 60

  static var end: Int { SystemClock.monotonicUSec() + seconds * 1_000_000 }
}

/// Waits for a descriptor to have something to read, or its end.
public func waitToRead(_ file: FileDescriptor, _ what: @autoclosure () -> String) throws {
  guard try isReadable(file, milliseconds: Int32(HangGuard.seconds * 1000)) else {
    throw TestFailure("waited in vain for \(what())")
  }
}

/// Whether a descriptor has something to read, or its end, now or within some time.
public func isReadable(_ file: FileDescriptor, milliseconds: Int32 = 0) throws -> Bool {
  try isReady(file, POLLIN, milliseconds: milliseconds)
}

/// Whether something can be written to a descriptor without waiting.
public func isWritable(_ file: FileDescriptor) throws -> Bool {
  try isReady(file, POLLOUT, milliseconds: 0)
}

private func isReady(
  _ file: FileDescriptor, _ event: Int32, milliseconds: Int32
) throws -> Bool {
  var watched = pollfd(fd: file.rawValue, events: Int16(event), revents: 0)
  while true {
    let answer = unsafe poll(&watched, 1, milliseconds)
    if answer >= 0 { return answer > 0 }
    guard errno == EINTR else { throw Errno(rawValue: errno) }
  }
}

/// Lets time pass in which nothing is to happen.
public func pass(milliseconds: Int32) {
  _ = poll(nil, 0, milliseconds)
}

/// Waits for a state that the kernel has no event for: looks until it is there.
public func waitUntil(
  _ what: @autoclosure () -> String, _ isThere: () throws -> Bool
) throws {
  let end = HangGuard.end
  while try !isThere() {
    guard SystemClock.monotonicUSec() < end else {
      throw TestFailure("waited in vain until \(what())")
    }
    _ = poll(nil, 0, 1)
  }
}
