import LinuxSystem
import SystemPackage
import Testing

@Suite("Descriptors that were passed have an owner")
struct PassedDescriptorsTests {
  @Test("Each is taken once, and there is none beyond the last")
  func taking() throws {
    let ends = try FileDescriptor.pipe()
    var passed = PassedDescriptors(adopting: [ends.readEnd, ends.writeEnd])
    let count = passed.count
    #expect(count == 2)
    let writeEnd = inode(of: ends.writeEnd)
    let taken = inode(consuming: passed.take(1))
    #expect(taken == writeEnd)
    for index in [-1, 1, 2, Int.max, Int.min] {
      let none = inode(consuming: passed.take(index))
      #expect(none == nil)
    }
    let countAfter = passed.count
    #expect(countAfter == 2)
  }

  @Test("Those that nobody takes are closed")
  func closing() throws {
    // What was sent into a socket is held by the socket: here the last ones are those received.
    let sockets = try UnixSocket.pair()
    let watched = try sendEnd(of: UnixSocket.pair(), over: sockets.first)
    var buffer: [UInt8] = [0]
    let before = try watched.peek(into: &buffer)
    #expect(before == nil)
    do {
      guard let received = try sockets.second.receive(1, into: &buffer) else {
        Issue.record("nothing received")
        return
      }
      let count = received.descriptors.count
      #expect(count == 1)
    }
    let after = try watched.peek(into: &buffer)
    #expect(after?.count == 0)
  }

  /// Sends one of two connected sockets and keeps only the other.
  private func sendEnd(
    of pair: consuming UnixSocketPair, over socket: borrowing UnixSocket
  ) throws -> UnixSocket {
    let bytes: [UInt8] = [1]
    let sent = try socket.send(bytes.span, descriptors: [pair.first.descriptor.raw])
    #expect(sent == 1)
    return pair.second
  }
}
