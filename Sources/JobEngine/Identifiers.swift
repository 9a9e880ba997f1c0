/// The number of a job: unique while the service runs, never used twice.
public struct JobID: Hashable, Comparable, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) {
    self.rawValue = rawValue
  }

  public static func < (a: JobID, b: JobID) -> Bool { a.rawValue < b.rawValue }
}

extension JobID: CustomStringConvertible {
  public var description: String { "\(rawValue)" }
}

/// The number of a connection: never used twice, unlike its descriptor.
public struct ClientID: Hashable, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) {
    self.rawValue = rawValue
  }
}

/// Who is at the other end of a connection.
public struct Peer: Hashable, Sendable {
  public var uid: Int
  public var pid: Int

  public init(uid: Int, pid: Int) {
    self.uid = uid
    self.pid = pid
  }
}
