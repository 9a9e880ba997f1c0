import DequeModule

/// Messages that are to be written, as many as there is room for.
nonisolated struct MessageQueue {
  /// A line, or several fields that are written as one.
  typealias Message = [[UInt8]]

  private let bytesMax: Int
  private var waiting: Deque<MessageQueue.Message> = []
  /// With those of the one that is being written.
  private var bytes = 0
  /// Messages, ever.
  private(set) var accepted = 0
  /// Of those.
  private(set) var written = 0
  /// Messages since the last that was accepted.
  private(set) var lost = 0
  /// Writing takes too long: nobody is to wait before all is written.
  private(set) var isHeldUp = false

  init(bytesMax: Int) {
    self.bytesMax = bytesMax
  }

  /// One is accepted, however long, where nothing is to be written.
  ///
  /// - Returns: How many are to have been written before whoever submits it goes on.
  mutating func submit(_ message: MessageQueue.Message) -> Int {
    let size = Self.bytes(of: message)
    guard bytes + size <= bytesMax || written == accepted else {
      lost += 1
      return written
    }
    lost = 0
    waiting.append(message)
    bytes += size
    accepted += 1
    return isHeldUp ? written : accepted
  }

  /// Who waited for so many has waited for long enough.
  mutating func waited(for number: Int) {
    if written < number { isHeldUp = true }
  }

  mutating func next() -> MessageQueue.Message? { waiting.popFirst() }

  /// It, whatever became of it.
  mutating func wrote(_ message: MessageQueue.Message) {
    bytes -= Self.bytes(of: message)
    written += 1
    if written == accepted { isHeldUp = false }
  }

  private static func bytes(of message: MessageQueue.Message) -> Int {
    message.reduce(0) { $0 + $1.count }
  }
}
