import JobProtocol
import TestSupport
import Testing
import Varlink

@Suite("Messages that aren't whole take so much of the daemon's memory, and no more", .needsCgroups)
struct LongMessageTests {
  /// All but the end of a call, and as much of what means nothing as anybody likes to send behind it.
  private static let beginning = #"{"method":"io.jobd.Describe","parameters":{}"#
  private static let spaces = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20)

  @Test(
    "With a dozen long messages of a user under way, a further one is read when one of them is whole"
  )
  func places() throws {
    try withDaemon { daemon in
      let holders = try (0..<12).map { _ in try daemon.connect() }
      for holder in holders {
        try holder.send(Self.beginning)
        try holder.send(bytes: Self.spaces)
      }
      let further = try (0..<2).map { _ in try daemon.connect() }
      for client in further {
        try client.send(Self.beginning)
        // Without end, until the daemon doesn't read.
        try client.fill(with: Array(Self.spaces[..<1024]))
      }
      #expect(try daemon.describe().running == 0)

      try holders[0].send("}\0")
      #expect(try holders[0].next().error == nil)
      try further[0].send(bytes: Self.spaces)
      try further[0].send("}\0")
      #expect(try further[0].next().error == nil)
      holders[1].close()
      try further[1].send(bytes: Self.spaces)
      try further[1].send("}\0")
      #expect(try further[1].next().error == nil)
    }
  }

  @Test(
    "A client that waits to be read, and goes, is gone; one that half-closes is read all the same")
  func gone() throws {
    try withDaemon { daemon in
      let holders = try (0..<12).map { _ in try daemon.connect() }
      for holder in holders {
        try holder.send(Self.beginning)
        try holder.send(bytes: Self.spaces)
      }
      let open = try ProcessFiles(daemon.pid).descriptors().count
      let further = try (0..<2).map { _ in try daemon.connect() }
      for client in further {
        try client.send(Self.beginning)
        try client.send(bytes: Self.spaces[..<100_000])
      }
      try further[0].halfClose()
      further[1].close()
      try waitUntil("one of them is closed") {
        try ProcessFiles(daemon.pid).descriptors().count == open + 1
      }
      holders[0].close()
      #expect(try further[0].nextOrEnd() == nil)
    }
  }
}
