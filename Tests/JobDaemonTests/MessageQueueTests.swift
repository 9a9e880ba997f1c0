import Testing

@testable import JobDaemon

@Suite("Messages that are to be written")
struct MessageQueueTests {
  private static let message = [Array("0123456789".utf8)]

  @Test("Who has one waits for its message, until one took too long and as long as any is left")
  func waiting() {
    var queue = MessageQueue(bytesMax: 1_000)
    #expect(queue.submit(Self.message) == 1)
    #expect(queue.submit(Self.message) == 2)
    queue.waited(for: 2)
    #expect(queue.submit(Self.message) == 0)
    for _ in 0..<2 {
      #expect(queue.next() != nil)
      queue.wrote(Self.message)
    }
    #expect(queue.isHeldUp)
    #expect(queue.submit(Self.message) == 2)
    while queue.next() != nil { queue.wrote(Self.message) }
    #expect(!queue.isHeldUp)
    #expect(queue.submit(Self.message) == 5)
  }

  @Test("Of too many the newest are lost, and counted; one behind which nothing waits isn't")
  func room() {
    var queue = MessageQueue(bytesMax: 25)
    for _ in 0..<2 { _ = queue.submit(Self.message) }
    #expect(queue.lost == 0)
    for _ in 0..<3 { #expect(queue.submit(Self.message) == 0) }
    #expect(queue.lost == 3)
    // It has its room until it was written.
    #expect(queue.next() != nil)
    #expect(queue.submit(Self.message) == 0)
    queue.wrote(Self.message)
    #expect(queue.lost == 4)
    #expect(queue.submit(Self.message) == 3)
    #expect(queue.lost == 0)
    while queue.next() != nil { queue.wrote(Self.message) }
    let long = [[UInt8](repeating: 0, count: 26)]
    #expect(queue.submit(long) == 4)
    #expect(queue.lost == 0)
  }
}
