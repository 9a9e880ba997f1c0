import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing
import VarlinkSocket

@Suite("Descriptors that were passed have an owner")
struct PassedDescriptorsTests {
  @Test("Each is taken once, and there is none beyond the last")
  func taking() throws {
    let ends = try FileDescriptor.pipe()
    let writeEnd = inode(of: ends.writeEnd)
    var passed = PassedDescriptors(adopting: [ends.readEnd, ends.writeEnd])
    let count = passed.count
    #expect(count == 2)
    let taken = inode(consuming: passed.take(1))
    #expect(taken == writeEnd)
    for index in [-1, 1, 2, Int.max, Int.min] {
      let none = inode(consuming: passed.take(index))
      #expect(none == nil)
    }
    let countAfter = passed.count
    #expect(countAfter == 2)
  }

  @Test(
    "One that it takes long to close is closed all the same, and nobody waits; nor for one in a socket's queue",
    .timeLimit(.minutes(15)), arguments: [false, true])
  func slowClose(inQueue: Bool) throws {
    let connection = try LingeringConnection()
    let sender = try connection.takeSender().release()
    let sent = LingeringConnection.fill(sender)
    closeAsPassed([inQueue ? try socketHolding(sender) : sender])
    // Its peer hears of the end when it has read everything.
    #expect(try readToEnd(connection.receiver.raw).count == sent)
  }

  @Test("However many it takes for ever to close, others are closed", .timeLimit(.minutes(15)))
  func many() throws {
    let hanging = try (0..<100).map { _ in try LingeringConnection() }
    let senders = try hanging.map { try $0.takeSender().release() }
    for sender in senders { LingeringConnection.fill(sender) }
    closeAsPassed(senders)
    let another = try LingeringConnection()
    closeAsPassed([try another.takeSender().release()])
    #expect(try readToEnd(another.receiver.raw).isEmpty)
    withExtendedLifetime(hanging) {}
  }

  @Test("A copy of a pipe, a socket or a terminal is closed at once, but not of a file")
  func copies() async {
    await #expect(processExitsWith: .success) {
      let pipe = try TestPipe()
      let sockets = try UnixSocket.pair()
      var passed = PassedDescriptors(adopting: [
        try duplicate(pipe.write.raw), try duplicate(sockets.first.descriptor.raw),
        try OwnedDescriptor.open("/dev/ptmx", .readWrite).release(),
        try OwnedDescriptor.open("/dev/null", .readWrite).release(),
      ])
      for index in 0..<4 {
        let isSlow = hasSlowCopies(passed.take(index))
        #expect(isSlow == false)
      }
      // While they are closed on a thread, a process's copy may be the last.
      while SlowDescriptors.areHeld { usleep(1000) }
      passed = PassedDescriptors(adopting: [
        try duplicate(pipe.write.raw),
        try OwnedDescriptor.open("/proc/self/stat", .readOnly).release(),
      ])
      #expect(SlowDescriptors.areHeld)
      let isSlow = hasSlowCopies(passed.take(1))
      #expect(isSlow == true)
      while SlowDescriptors.areHeld { usleep(1000) }
      _ = sockets.second.descriptor.raw
      let count = passed.count
      #expect(count == 2)
    }
  }

  /// A Unix socket that nobody has received this from.
  private func socketHolding(_ descriptor: FileDescriptor) throws -> FileDescriptor {
    let pair = try UnixSocket.pair()
    let bytes: [UInt8] = [1]
    _ = try pair.first.send(bytes.span, descriptors: [descriptor])
    try descriptor.close()
    return try duplicate(pair.second.descriptor.raw)
  }

  private func closeAsPassed(_ descriptors: [FileDescriptor]) {
    let passed = PassedDescriptors(adopting: descriptors)
    _ = passed.count
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
    let after = try watched.peek(into: &buffer, waiting: true)
    #expect(after?.count == 0)
  }

  @Test("What is executed doesn't inherit them")
  func closeOnExec() throws {
    // What it may take long to close gets another number, and the flag with that.
    let null = try OwnedDescriptor.open("/dev/null", .readOnly)
    let sockets = try UnixSocket.pair()
    let bytes: [UInt8] = [1]
    _ = try sockets.first.send(bytes.span, descriptors: [null.raw])
    var buffer: [UInt8] = [0]
    guard var received = try sockets.second.receive(1, into: &buffer),
      let descriptor = received.descriptors.take(0)
    else {
      Issue.record("nothing received")
      return
    }
    let flags = fcntl(descriptor.raw.rawValue, F_GETFD)
    #expect(flags & FD_CLOEXEC != 0)
  }

  @Test("Where there is no room for all of them, their message is refused")
  func noRoom() async {
    await #expect(processExitsWith: .success) {
      let pipe = try TestPipe()
      let sockets = try UnixSocket.pair()
      let bytes: [UInt8] = [UInt8(ascii: "A"), 0]
      _ = try sockets.first.send(bytes.span, descriptors: [pipe.read.raw, pipe.write.raw])
      // The next descriptor is the last that there may be.
      let next = fcntl(pipe.read.raw.rawValue, F_DUPFD_CLOEXEC, 0)
      close(next)
      var limit = rlimit(rlim_cur: rlim_t(next + 1), rlim_max: rlim_t(next + 1))
      try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
      var reader = MessageReader()
      switch try reader.next(from: sockets.second, by: ReceiveBuffer()) {
      case .violation(.descriptorsLost): break
      default: Issue.record("the message was taken")
      }
    }
  }

  @Test("They are sent once, however many pieces their message is sent in")
  func sentOnce() throws {
    let pipe = try TestPipe()
    let sockets = try UnixSocket.pair()
    let text = [UInt8](repeating: UInt8(ascii: "x"), count: 3_000_000)
    var message = OutgoingMessage(text + [0], descriptors: [pipe.read.raw])
    var reader = MessageReader()
    let buffer = ReceiveBuffer()
    var pieces = 0
    while true {
      _ = try message.write(to: sockets.first)
      pieces += 1
      switch try reader.next(from: sockets.second, by: buffer) {
      case .wouldBlock: continue
      case .message(let bytes, let passed):
        let count = passed.count
        #expect(bytes == text && count == 1 && pieces > 1)
      default: Issue.record("the message didn't arrive")
      }
      return
    }
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

/// Another descriptor, without an owner.
private func duplicate(_ descriptor: FileDescriptor) throws -> FileDescriptor {
  try OwnedDescriptor.duplicate(of: descriptor).release()
}

private func hasSlowCopies(_ descriptor: consuming PassedDescriptor?) -> Bool? {
  switch consume descriptor {
  case let descriptor?: descriptor.hasSlowCopies
  case nil: nil
  }
}
