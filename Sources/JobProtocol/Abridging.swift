// What describes a job is for those who look at it, and is cut where it is too long: a command line may
// have megabytes. Never within a code point, so that what was UTF-8 stays that.

extension JobContext {
  /// What a command's arguments take beside their bytes: quotes and a comma.
  private static let argumentBytes = 3

  /// The same with no text of more than so many bytes, the command's arguments counted together.
  public func abridged(to bytes: Int) -> JobContext {
    var abridged = self
    abridged.abridgeCommand(to: bytes)
    abridged.name = name?.abridged(to: bytes)
    abridged.workingDirectory = workingDirectory?.abridged(to: bytes)
    abridged.isTruncated =
      isTruncated || abridged.command.count < command.count || abridged.command.last != command.last
      || abridged.name != name || abridged.workingDirectory != workingDirectory
    return abridged
  }

  /// Keeps whole arguments while there is room, and of the next one its beginning.
  private mutating func abridgeCommand(to bytes: Int) {
    var room = bytes
    for (index, argument) in command.enumerated() {
      room -= Self.argumentBytes
      if argument.bytes.count > room {
        command.removeSubrange((index + 1)...)
        command[index] = argument.abridged(to: max(room, 0))
        if index > 0, command[index].bytes.isEmpty { command.removeLast() }
        return
      }
      room -= argument.bytes.count
    }
  }
}

extension StartFailure {
  /// The same with no text of more than so many bytes.
  public func abridged(to bytes: Int) -> StartFailure {
    var abridged = self
    abridged.path = path?.abridged(to: bytes)
    abridged.message = message.abridged(to: bytes)
    abridged.isTruncated = isTruncated || abridged.path != path || abridged.message != message
    return abridged
  }
}

extension Requester {
  /// The same with a reason of no more than so many bytes.
  public func abridged(to bytes: Int) -> Requester {
    var abridged = self
    abridged.reason = reason?.abridged(to: bytes)
    abridged.isTruncated = isTruncated || abridged.reason != reason
    return abridged
  }
}

extension OSString {
  /// As much of its beginning as so many bytes hold.
  public func abridged(to bytes: Int) -> OSString {
    guard self.bytes.count > bytes else { return self }
    return OSString(unchecked: self.bytes.beginning(of: bytes))
  }
}

extension String {
  /// As much of its beginning as so many bytes hold.
  public func abridged(to bytes: Int) -> String {
    guard utf8.count > bytes else { return self }
    // The code point that is cut needs four bytes at most.
    return String(decoding: Array(utf8.prefix(bytes + 1)).beginning(of: bytes), as: UTF8.self)
  }
}

extension [UInt8] {
  /// So many bytes of a longer array, or up to three less where a code point would be cut.
  fileprivate func beginning(of count: Int) -> [UInt8] {
    var end = count
    while end > 0, end > count - 3, self[end] & 0b1100_0000 == 0b1000_0000 { end -= 1 }
    return Array(self[..<end])
  }
}
