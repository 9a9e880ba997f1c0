/// A call, from a client to a service.
public struct Call: Hashable, Sendable {
  /// What the client expects to be answered. On the wire these are three flags of which at most one
  /// may be true.
  public enum Mode: Hashable, Sendable, CaseIterable {
    /// Exactly one reply.
    case plain
    /// No reply, not even an error.
    case oneway
    /// Any number of replies that continue, then one that doesn't.
    case more
    /// One reply, after which the connection speaks something else.
    case upgrade
  }

  /// The qualified name of the method: `org.varlink.service.GetInfo`.
  public var method: String
  public var parameters: JSONObject
  public var mode: Mode

  public init(_ method: String, _ parameters: JSONObject = [:], mode: Mode = .plain) {
    self.method = method
    self.parameters = parameters
    self.mode = mode
  }
}

extension Call {
  /// Parses one message, given without its NUL.
  ///
  /// - Throws: ``MalformedMessage``, where the connection is to be closed without a reply.
  public init(parsing bytes: some Sequence<UInt8>) throws(MalformedMessage) {
    let header = try MessageHeader(parsing: bytes)
    try header.checkNames(known: ["method", "parameters", "oneway", "more", "upgrade"])
    guard let method = try header.string("method") else { throw .noMethod }
    self.method = method
    self.parameters = try header.parameters()
    let oneway = try header.flag("oneway")
    let more = try header.flag("more")
    let upgrade = try header.flag("upgrade")
    switch (oneway, more, upgrade) {
    case (false, false, false): self.mode = .plain
    case (true, false, false): self.mode = .oneway
    case (false, true, false): self.mode = .more
    case (false, false, true): self.mode = .upgrade
    default: throw .contradictoryFlags
    }
  }

  /// The message, its NUL included. Flags that are false are left out, as sd-varlink closes the
  /// connection on `"oneway":true,"more":false`.
  public func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("method")
    writer.string(method)
    if !parameters.isEmpty {
      writer.name("parameters")
      writer.object(parameters)
    }
    if let flag = mode.flag {
      writer.name(flag)
      writer.bool(true)
    }
    writer.endObject()
    var bytes = writer.finish()
    bytes.append(0)
    return bytes
  }
}

extension Call {
  /// Values in the message, of which a service takes ``VarlinkLimits/valuesPerDocument``.
  public var valueCount: Int {
    // The message itself, and the name of the method.
    2 + (parameters.isEmpty ? 0 : JSON.object(parameters).valueCount) + (mode.flag == nil ? 0 : 1)
  }
}

extension JSON {
  /// Values in it, itself and those in containers at any depth.
  fileprivate var valueCount: Int {
    switch self {
    case .array(let elements): elements.reduce(1) { $0 + $1.valueCount }
    case .object(let object): object.members.reduce(1) { $0 + $1.value.valueCount }
    case .null, .bool, .int, .unsigned, .double, .string: 1
    }
  }
}

extension Call.Mode {
  /// The header member that says so.
  fileprivate var flag: String? {
    switch self {
    case .plain: nil
    case .oneway: "oneway"
    case .more: "more"
    case .upgrade: "upgrade"
    }
  }
}
