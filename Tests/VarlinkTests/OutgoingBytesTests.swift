import Testing
import Varlink

@Suite("Outgoing bytes keep their order")
struct OutgoingBytesTests {
  @Test("What goes in comes out, in whatever portions it is taken")
  func order() {
    var random = SplitMix64(seed: 1)
    var queue = OutgoingBytes()
    var put: [UInt8] = []
    var taken: [UInt8] = []
    for _ in 0..<1000 {
      let size = Int.random(in: 0...9, using: &random) == 0 ? 40_000 : 300
      let chunk = (0..<Int.random(in: 0...size, using: &random)).map { UInt8($0 & 0xFF) }
      put += chunk
      queue.append(chunk)
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let some = queue.withFirstChunk { chunk in
          (0..<Int.random(in: 0...chunk.count, using: &random)).map { chunk[$0] }
        }
        taken += some ?? []
        queue.consumed(some?.count ?? 0)
      }
      #expect(queue.count == put.count - taken.count)
    }
    while let rest = queue.takeFirst() { taken += rest }
    let isEmpty = queue.isEmpty
    #expect(isEmpty && put == taken)
  }

  @Test("An empty queue lends nothing, and forgets what it is told to")
  func empty() {
    var queue = OutgoingBytes()
    queue.append([])
    #expect(queue.withFirstChunk { $0.count } == nil)
    queue.append([1, 2, 3])
    queue.removeAll()
    #expect(queue.count == 0)
  }
}
