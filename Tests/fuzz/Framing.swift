import LinuxSystem
import SystemPackage
import Varlink
import VarlinkSocket

/// Bytes and descriptors sent in any pieces are the messages that they are, or a violation.
///
/// An input is pieces: a byte that says how long the piece is (its lower 5 bits), whether a descriptor
/// goes with it (bit 5), and whether it is read before the next is sent (bit 6); then its bytes.
func checkFraming(_ input: [UInt8]) {
  do {
    let framing = try Framing()
    var rest = input[...]
    while let head = rest.popFirst(), !framing.isBroken {
      let piece = Array(rest.prefix(Int(head & 0x1F)))
      rest = rest.dropFirst(piece.count)
      try framing.send(piece, withDescriptor: head & 0x20 != 0)
      if head & 0x40 != 0 { try framing.read() }
    }
    try framing.end()
  } catch {
    preconditionFailure("\(error)")
  }
}

private final class Framing {
  private static let limit = 48

  private var sockets: UnixSocketPair
  private var reader = MessageReader(limit: Framing.limit)
  private let buffer = ReceiveBuffer()
  private let file: OwnedDescriptor

  /// What was sent and isn't read yet, with the offsets that descriptors were sent at.
  private var unread: [UInt8] = []
  private var descriptors: [Int] = []
  private(set) var isBroken = false
  private var hasEnded = false

  init() throws(SystemError) {
    sockets = try UnixSocket.pair()
    file = try OwnedDescriptor.open("/dev/null", .readWrite)
  }

  func send(_ piece: [UInt8], withDescriptor: Bool) throws(SystemError) {
    if piece.isEmpty { return }
    let sent = try sockets.first.send(piece.span, descriptors: withDescriptor ? [file.raw] : [])
    precondition(sent == piece.count, "the socket is full")
    if withDescriptor { descriptors.append(unread.count) }
    unread += piece
  }

  func read() throws(SystemError) {
    while !isBroken, !hasEnded {
      switch try reader.next(from: sockets.second, by: buffer) {
      case .message(let message, let passed):
        checkMessage(message, passed.count)
      case .wouldBlock:
        precondition(!unread.contains(0), "a message isn't seen")
        precondition(reader.isInMidMessage == !unread.isEmpty, "the begin of a message isn't seen")
        return
      case .endOfStream(let midMessage):
        precondition(!unread.contains(0), "a message is lost")
        precondition(midMessage == !unread.isEmpty, "what was lost isn't told")
        hasEnded = true
      case .violation(let violation):
        check(violation)
        isBroken = true
      }
    }
  }

  func end() throws(SystemError) {
    try sockets.first.shutdownWriting()
    try read()
    precondition(hasEnded || isBroken, "the end isn't seen")
  }

  private func checkMessage(_ message: [UInt8], _ passed: Int) {
    guard let end = unread.firstIndex(of: 0) else { preconditionFailure("a message of nothing") }
    precondition(message == Array(unread[..<end]), "bytes are lost, or made up")
    precondition(end < Framing.limit, "a message is too long")
    precondition(!descriptors.contains { 0 < $0 && $0 <= end }, "descriptors in its middle")
    precondition(passed == (descriptors.contains(0) ? 1 : 0), "descriptors are another message's")
    unread.removeSubrange(...end)
    descriptors = descriptors.filter { $0 > end }.map { $0 - end - 1 }
  }

  private func check(_ violation: FramingViolation) {
    let length = unread.firstIndex(of: 0).map { $0 + 1 } ?? unread.count
    switch violation {
    case .messageTooLong: precondition(length > Framing.limit, "it isn't too long")
    case .descriptorsInMidMessage:
      precondition(descriptors.contains { 0 < $0 && $0 < length }, "there are none in its middle")
    case .descriptorsLost: preconditionFailure("none was lost")
    }
  }
}
