public import Varlink

/// How a job's processes are asked to end before they are killed. What is `nil` takes the default.
public struct StopContext: WireObject {
  /// Signal by name or number as the client gave it; `"none"` sends none.
  public var signal: String?
  public var scope: Scope?
  /// Close the job's standard input to ask.
  public var closeStandardInput: Bool?
  /// Microseconds.
  public var gracePeriodUSec: Int?

  public init(
    signal: String? = nil, scope: Scope? = nil, closeStandardInput: Bool? = nil,
    gracePeriodUSec: Int? = nil
  ) {
    self.signal = signal
    self.scope = scope
    self.closeStandardInput = closeStandardInput
    self.gracePeriodUSec = gracePeriodUSec
  }

  public init(_ object: JSONObject, at path: String) throws(BadValue) {
    let reader = Reader(object: object, path: path)
    self.signal = try reader.optionalString("signal")
    self.scope = try reader.optionalEnum("scope")
    self.closeStandardInput = try reader.optionalBool("closeStandardInput")
    self.gracePeriodUSec = try reader.optionalInt("gracePeriodUSec")
  }

  public func write(to members: inout some MemberSink & ~Copyable) {
    members.set("signal", signal)
    members.set("scope", scope)
    members.set("closeStandardInput", closeStandardInput)
    members.set("gracePeriodUSec", gracePeriodUSec)
  }
}
