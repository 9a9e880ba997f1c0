import LinuxSystem
import SystemPackage
import Testing
import Varlink
import VarlinkSocket

@Suite("Messages are taken from a socket one by one")
struct MessageReaderTests {
  @Test("Messages sent together come apart, and one in pieces comes together")
  func framing() throws {
    let wire = try Wire()
    #expect(try wire.next() == .wouldBlock)
    try wire.send("A\0BB\0\0C")
    #expect(try wire.next() == .message("A", descriptors: []))
    #expect(try wire.next() == .message("BB", descriptors: []))
    #expect(try wire.next() == .message("", descriptors: []))
    #expect(!wire.isInMidMessage)
    #expect(try wire.next() == .wouldBlock)
    #expect(wire.isInMidMessage)
    try wire.send("C\0")
    #expect(try wire.next() == .message("CC", descriptors: []))
    #expect(!wire.isInMidMessage)
    #expect(try wire.next() == .wouldBlock)
  }

  @Test("No more is read than was asked for, and what is left is read later")
  func budget() throws {
    let wire = try Wire()
    try wire.send("ABCDEF\0G\0")
    var (isWhole, left) = try wire.next(within: 4)
    #expect(!isWhole && left == 0)
    (isWhole, left) = try wire.next(within: 2)
    #expect(!isWhole && left == 0 && wire.isInMidMessage)
    (isWhole, left) = try wire.next(within: 100)
    #expect(isWhole && left == 99)
    #expect(try wire.next() == .message("G", descriptors: []))
  }

  @Test("The numbers of descriptors are known before their message is whole")
  func numbers() throws {
    let pipe = try TestPipe()
    let wire = try Wire()
    try wire.send("A", [pipe.read.raw])
    #expect(!wire.holdsDescriptors(from: 0))
    #expect(try wire.next() == .wouldBlock)
    #expect(wire.holdsDescriptors(from: 0) && wire.holdsDescriptors(from: 64))
    #expect(!wire.holdsDescriptors(from: 1_000_000))
    try wire.send("\0")
    #expect(try wire.next() == .message("A", descriptors: [inode(of: pipe.read.raw)]))
    #expect(!wire.holdsDescriptors(from: 0))
  }

  @Test("A message may be split anywhere")
  func splits() throws {
    let message = #"{"method":"org.varlink.service.GetInfo","parameters":{"x":"ä"}}"#
    let bytes = Array((message + "\0").utf8)
    for split in 1..<bytes.count {
      let wire = try Wire()
      try wire.send(bytes[..<split])
      #expect(try wire.next() == .wouldBlock)
      try wire.send(bytes[split...])
      #expect(try wire.next() == .message(message, descriptors: []))
      #expect(try wire.next() == .wouldBlock)
    }
  }

  @Test("Descriptors belong to the message that they were sent with, though the kernel glues them")
  func gluedDescriptors() throws {
    let pipe = try TestPipe()
    let wire = try Wire()
    try wire.send("A\0")
    try wire.send("B\0", [pipe.read.raw])
    try wire.send("C\0")
    try wire.send("D\0", [pipe.write.raw, pipe.read.raw])
    try wire.send("E\0")
    let (read, write) = (inode(of: pipe.read.raw), inode(of: pipe.write.raw))
    #expect(try wire.next() == .message("A", descriptors: []))
    #expect(try wire.next() == .message("B", descriptors: [read]))
    #expect(try wire.next() == .message("C", descriptors: []))
    #expect(try wire.next() == .message("D", descriptors: [write, read]))
    #expect(try wire.next() == .message("E", descriptors: []))
  }

  @Test("Descriptors sent with several messages belong to the first of them")
  func severalMessages() throws {
    let pipe = try TestPipe()
    let wire = try Wire()
    try wire.send("A\0B\0", [pipe.read.raw])
    #expect(try wire.next() == .message("A", descriptors: [inode(of: pipe.read.raw)]))
    #expect(try wire.next() == .message("B", descriptors: []))
  }

  @Test("Descriptors come with the first byte, whatever else the message is split into")
  func splitWithDescriptors() throws {
    let pipe = try TestPipe()
    let wire = try Wire()
    try wire.send("A", [pipe.read.raw])
    #expect(try wire.next() == .wouldBlock)
    try wire.send("B")
    try wire.send("C\0")
    #expect(try wire.next() == .message("ABC", descriptors: [inode(of: pipe.read.raw)]))
  }

  @Test("Descriptors in the middle of a message are a violation, read in one go or in two")
  func midMessage() throws {
    let pipe = try TestPipe()
    for isRead in [false, true] {
      let wire = try Wire()
      try wire.send("A")
      if isRead { #expect(try wire.next() == .wouldBlock) }
      try wire.send("A\0", [pipe.read.raw])
      #expect(try wire.next() == .violation(.descriptorsInMidMessage))
    }
    let wire = try Wire()
    try wire.send("A", [pipe.read.raw])
    try wire.send("A\0", [pipe.read.raw])
    #expect(try wire.next() == .violation(.descriptorsInMidMessage))
  }

  @Test("Descriptors that aren't to be received stay in the socket, with all that came with them")
  func unreceived() throws {
    let pipe = try TestPipe()
    let wire = try Wire()
    try wire.send("A\0", [pipe.read.raw])
    try wire.send("B\0")
    #expect(try wire.stopsAtDescriptors())
    #expect(try wire.stopsAtDescriptors())
    #expect(try wire.next() == .message("A", descriptors: [inode(of: pipe.read.raw)]))
    #expect(try !wire.stopsAtDescriptors())
    #expect(try !wire.stopsAtDescriptors())
  }

  @Test("As many descriptors as the kernel sends arrive, and those not taken are closed")
  func manyDescriptors() throws {
    let pipe = try TestPipe()
    let wire = try Wire()
    let many = Array(repeating: pipe.write.raw, count: VarlinkLimits.descriptorsPerMessage)
    try wire.send("A\0", many)
    let write = inode(of: pipe.write.raw)
    #expect(try wire.next() == .message("A", descriptors: many.map { _ in write }))
    #expect(throws: SystemError.self) { try wire.send("A\0", many + [pipe.write.raw]) }
  }

  @Test("The end of the stream is told, and whether a message was begun")
  func endOfStream() throws {
    for (text, midMessage) in [("", false), ("A\0", false), ("A\0B", true)] {
      let wire = try Wire()
      if !text.isEmpty { try wire.send(text) }
      try wire.shutdownWriting()
      if text.contains("\0") { #expect(try wire.next() == .message("A", descriptors: [])) }
      #expect(try wire.next() == .endOfStream(midMessage: midMessage))
      #expect(try wire.next() == .endOfStream(midMessage: midMessage))
    }
  }

  @Test("A reset is an end of the stream too")
  func reset() throws {
    let wire = try Wire()
    try wire.answer("unread")
    try wire.send("A")
    try wire.hangUp()
    #expect(try wire.next() == .endOfStream(midMessage: true))
  }

  @Test("Waiting takes in a message that comes piece by piece")
  func waiting() throws {
    let wire = try Wire()
    try wire.send("A")
    try wire.send("B\0")
    #expect(try wire.next(waiting: true) == .message("AB", descriptors: []))
    try wire.shutdownWriting()
    #expect(try wire.next(waiting: true) == .endOfStream(midMessage: false))
  }

  @Test("A flood of NULs is as many empty messages, each taken by itself")
  func nulFlood() throws {
    let wire = try Wire()
    try wire.send(String(repeating: "\0", count: 1000))
    for _ in 0..<1000 { #expect(try wire.next() == .message("", descriptors: [])) }
    #expect(try wire.next() == .wouldBlock)
  }

  @Test("A message of the limit is taken, one byte more is a violation")
  func limit() throws {
    for (length, isTaken) in [(98, true), (99, true), (100, false), (500, false)] {
      let wire = try Wire(limit: 100)
      try wire.send(String(repeating: "x", count: length) + "\0")
      let message = Wire.Event.message(String(repeating: "x", count: length), descriptors: [])
      #expect(try wire.next() == (isTaken ? message : .violation(.messageTooLong)))
    }
  }

  @Test("16 MiB is the limit exactly", arguments: [0, 1])
  func defaultLimit(excess: Int) throws {
    let length = VarlinkLimits.messageBytes - 1 + excess
    let wire = try Wire()
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 50_000)
    var left = length
    while left > 0 {
      try wire.send(piece.prefix(left))
      left -= min(left, piece.count)
      #expect(try wire.next() == .wouldBlock)
    }
    try wire.send("\0")
    if excess == 0 {
      #expect(try wire.nextLength() == length)
      #expect(try wire.next() == .wouldBlock)
    } else {
      #expect(try wire.next() == .violation(.messageTooLong))
    }
  }

  @Test("An idle reader is small")
  func size() {
    #expect(MemoryLayout<MessageReader>.size <= 64)
    #expect(MemoryLayout<ServerConnection>.size <= 64)
  }
}
