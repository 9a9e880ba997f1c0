/// Messages on their way out: a queue of bytes in the pieces that they were made in.
///
/// It takes whatever it is given; who fills it looks at ``count``. Empty, it holds no memory.
public struct OutgoingBytes: ~Copyable, Sendable {
  /// Pieces up to this many bytes are joined, as a system call costs more than the copy.
  private static let joinedBytes = 16 * 1024
  /// Spent pieces are moved out of the way once there are as many as waiting ones, and this many.
  private static let spentChunks = 32

  private var chunks: [[UInt8]] = []
  /// The first piece that isn't spent, and the bytes of it that are.
  private var head = 0
  private var spent = 0

  /// Bytes waiting.
  public private(set) var count = 0

  public init() {}

  public var isEmpty: Bool { count == 0 }

  /// Puts a piece at the end.
  public mutating func append(_ chunk: consuming [UInt8]) {
    if chunk.isEmpty { return }
    count += chunk.count
    if let last = chunks.indices.last, chunks[last].count + chunk.count <= Self.joinedBytes {
      chunks[last] += chunk
    } else {
      chunks.append(chunk)
    }
  }

  /// Lends the bytes at the front, as many as lie together; `nil` where none wait.
  public func withFirstChunk<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    if isEmpty { return nil }
    let chunk = chunks[head]
    return try body(chunk.span.extracting(droppingFirst: spent))
  }

  /// Takes `count` bytes, no more than wait, off the front.
  public mutating func consumed(_ count: Int) {
    precondition(count <= self.count, "more bytes consumed than were waiting")
    self.count -= count
    if isEmpty { return removeAll() }
    spent += count
    while spent >= chunks[head].count {
      spent -= chunks[head].count
      chunks[head] = []
      head += 1
    }
    if head >= Self.spentChunks, head * 2 >= chunks.count {
      chunks.removeFirst(head)
      head = 0
    }
  }

  /// Forgets all that waits.
  public mutating func removeAll() {
    self = OutgoingBytes()
  }
}
