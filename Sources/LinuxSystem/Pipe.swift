internal import CLinux
internal import SystemPackage

/// A pipe, both ends CLOEXEC.
///
/// pipe(7)
public struct Pipe: ~Copyable, Sendable {
  /// The end, or ends, at which the daemon's loop works and that must not make it wait.
  public enum Nonblocking: Sendable {
    case neither, reader, writer, both
  }

  /// What is written to the other end is read here.
  public let reader: OwnedDescriptor
  /// Where to write.
  public let writer: OwnedDescriptor

  /// pipe2(2)
  public init(nonblocking: Nonblocking = .neither) throws(SystemError) {
    var ends: (CInt, CInt) = (-1, -1)
    let answer = unsafe withUnsafeMutableBytes(of: &ends) {
      unsafe clinux_pipe($0.assumingMemoryBound(to: CInt.self).baseAddress!, 0)
    }
    _ = try checked(answer, "pipe2")
    let reader = OwnedDescriptor(adopting: FileDescriptor(rawValue: ends.0))
    let writer = OwnedDescriptor(adopting: FileDescriptor(rawValue: ends.1))
    if nonblocking == .reader || nonblocking == .both { try reader.setNonblocking() }
    if nonblocking == .writer || nonblocking == .both { try writer.setNonblocking() }
    self.reader = reader
    self.writer = writer
  }

  /// Gives up the reader for the writer.
  public consuming func takeWriter() -> OwnedDescriptor { writer }

  /// Gives up the writer for the reader.
  public consuming func takeReader() -> OwnedDescriptor { reader }

  /// Both ends, each to an owner of its own.
  public consuming func ends<Result: ~Copyable, Failure: Error>(
    _ body: (_ reader: consuming OwnedDescriptor, _ writer: consuming OwnedDescriptor)
      throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(reader, writer)
  }
}

extension OwnedDescriptor {
  /// How many bytes are in the pipe that this is an end of, or wait to be read from this socket. Of a pipe, waits for
  /// whoever has locked it. pipe(7), FIONREAD
  public func unreadBytes() throws(SystemError) -> Int {
    Int(try checked(clinux_unread_bytes(raw.rawValue), "ioctl"))
  }
}
