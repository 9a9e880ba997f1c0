import Glibc
import LinuxSystem
import SystemPackage
import Testing
import Varlink
import VarlinkSocket

/// Two connected sockets: one that a test writes to, one with a reader on it.
final class Wire {
  private var sockets: UnixSocketPair
  private var reader: MessageReader
  private let buffer = ReceiveBuffer()

  /// What a reader comes to, in a form that can be compared: descriptors by the files they are of.
  enum Event: Equatable {
    case message(String, descriptors: [UInt64])
    case wouldBlock
    case endOfStream(midMessage: Bool)
    case violation(FramingViolation)
  }

  init(limit: Int = VarlinkLimits.messageBytes) throws {
    sockets = try UnixSocket.pair()
    reader = MessageReader(limit: limit)
  }

  /// Sends bytes in one go.
  func send(_ bytes: some Sequence<UInt8>, _ descriptors: [FileDescriptor] = []) throws {
    let bytes = Array(bytes)
    let sent = try sockets.first.send(bytes.span, descriptors: descriptors)
    try #require(sent == bytes.count)
  }

  /// Sends text in one go, which may contain NULs.
  func send(_ text: String, _ descriptors: [FileDescriptor] = []) throws {
    try send(text.utf8, descriptors)
  }

  func shutdownWriting() throws { try sockets.first.shutdownWriting() }

  /// Closes the end that the test writes to.
  func hangUp() throws {
    let others = try UnixSocket.pair()
    sockets.first = others.first
  }

  /// Writes to the peer, so that its closing is a reset.
  func answer(_ text: String) throws {
    let bytes = Array(text.utf8)
    _ = try sockets.second.send(bytes.span)
  }

  var isInMidMessage: Bool { reader.isInMidMessage }

  func next(waiting: Bool = false) throws -> Event {
    switch try reader.next(from: sockets.second, by: buffer, waiting: waiting) {
    case .message(let bytes, let passed):
      var descriptors = passed
      var files: [UInt64] = []
      for index in 0..<descriptors.count {
        if let descriptor = descriptors.take(index) { files.append(inode(of: descriptor.raw)) }
      }
      return .message(String(decoding: bytes, as: UTF8.self), descriptors: files)
    case .wouldBlock: return .wouldBlock
    case .endOfStream(let midMessage): return .endOfStream(midMessage: midMessage)
    case .violation(let violation): return .violation(violation)
    }
  }

  /// Reads so many bytes at most.
  ///
  /// - Returns: Whether that was a message, and how many were left.
  func next(within bytes: Int) throws -> (isWhole: Bool, left: Int) {
    var left = bytes
    if case .message = try reader.next(from: sockets.second, by: buffer, within: &left) {
      return (true, left)
    }
    return (false, left)
  }

  /// Reads, but receives no descriptors.
  ///
  /// - Returns: They were in the way.
  func stopsAtDescriptors() throws -> Bool {
    var unlimited = Int.max
    let event = try reader.next(
      from: sockets.second, by: buffer, within: &unlimited, takesDescriptors: false)
    guard case .wouldBlock = consume event else { return false }
    return reader.isBeforeDescriptors
  }

  /// A descriptor of the message that has begun has this number or a higher one.
  func holdsDescriptors(from number: Int) -> Bool { reader.holdsDescriptors(from: number) }

  /// What was read last, by its length: for messages too long to compare as text.
  func nextLength() throws -> Int? {
    guard case .message(let bytes, _) = try reader.next(from: sockets.second, by: buffer) else {
      return nil
    }
    return bytes.count
  }
}

/// Tells files apart.
func inode(of descriptor: FileDescriptor) -> UInt64 {
  var status = stat()
  _ = unsafe fstat(descriptor.rawValue, &status)
  return UInt64(status.st_ino)
}

/// The file of a descriptor, if there is one, which is closed.
func inode(consuming descriptor: consuming PassedDescriptor?) -> UInt64? {
  guard let descriptor else { return nil }
  return inode(of: descriptor.raw)
}

/// A pipe, to have descriptors of different files.
struct TestPipe: ~Copyable {
  let read: OwnedDescriptor
  let write: OwnedDescriptor

  init() throws {
    let ends = try FileDescriptor.pipe()
    read = OwnedDescriptor(adopting: ends.readEnd)
    write = OwnedDescriptor(adopting: ends.writeEnd)
  }
}
