/// A reply, from a service to a client.
public struct Reply: Hashable, Sendable {
  /// What kind of reply it is. Only a success can continue: an error always is the last reply.
  public enum Outcome: Hashable, Sendable {
    /// A result; more replies to the same call follow if it `continues`.
    case success(continues: Bool)
    /// The qualified name of an error.
    case error(String)
  }

  public var outcome: Outcome
  public var parameters: JSONObject

  /// A result.
  public init(_ parameters: JSONObject = [:], continues: Bool = false) {
    self.outcome = .success(continues: continues)
    self.parameters = parameters
  }

  /// An error.
  public init(_ error: VarlinkError) {
    self.outcome = .error(error.name)
    self.parameters = error.parameters
  }

  /// Whether more replies to the same call follow.
  public var continues: Bool { outcome == .success(continues: true) }

  /// The error, if it is one.
  public var error: VarlinkError? {
    if case .error(let name) = outcome { VarlinkError(name, parameters) } else { nil }
  }
}

extension Reply {
  /// Parses one message, given without its NUL. Members that are not understood are ignored: a
  /// client must get along with a newer service.
  ///
  /// - Throws: ``MalformedMessage``, where the connection is of no more use.
  public init(parsing bytes: some Sequence<UInt8>) throws(MalformedMessage) {
    let header = try MessageHeader(parsing: bytes)
    self.parameters = try header.parameters()
    let continues = try header.flag("continues")
    if let error = try header.string("error") {
      if continues { throw .continuingError }
      self.outcome = .error(error)
    } else {
      self.outcome = .success(continues: continues)
    }
  }

  /// The message, its NUL included.
  public func encoded() -> [UInt8] {
    Reply.encoded(outcome) { writer throws(Never) in
      if !parameters.isEmpty { writer.object(parameters) }
    }
  }

  /// A message whose parameters are written directly, without a value in between: for replies that
  /// carry much data. `parameters` writes one object, or nothing.
  ///
  /// - Parameter capacity: About how many bytes it comes to: so many needn't be moved as it grows.
  public static func encoded<Failure: Error>(
    _ outcome: Outcome, capacity: Int = 1_024,
    parameters: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) -> [UInt8] {
    var room: [UInt8] = []
    room.reserveCapacity(capacity)
    var writer = JSONWriter(appendingTo: room)
    writer.beginObject()
    switch outcome {
    case .error(let name):
      writer.name("error")
      writer.string(name)
    case .success(continues: true):
      writer.name("continues")
      writer.bool(true)
    case .success(continues: false):
      break
    }
    try writer.optionalMember("parameters", parameters)
    writer.endObject()
    var bytes = writer.finish()
    bytes.append(0)
    return bytes
  }
}
