/// An error that is answered to the client: a name that an interface declares, and its parameters.
public struct VarlinkError: Error, Hashable, Sendable {
  /// The qualified name: `org.varlink.service.InvalidParameter`.
  public var name: String
  public var parameters: JSONObject

  public init(_ name: String, _ parameters: JSONObject = [:]) {
    self.name = name
    self.parameters = parameters
  }
}

extension VarlinkError: CustomStringConvertible {
  /// `org.varlink.service.InvalidParameter {"parameter":"id"}`
  public var description: String { parameters.isEmpty ? name : "\(name) \(parameters)" }
}

/// The errors of `org.varlink.service`, which every method may answer.
extension VarlinkError {
  /// The interface is not served here.
  public static func interfaceNotFound(_ interface: String) -> VarlinkError {
    VarlinkError("org.varlink.service.InterfaceNotFound", ["interface": .string(interface)])
  }

  /// The interface has no such method. `method` is the qualified name.
  public static func methodNotFound(_ method: String) -> VarlinkError {
    VarlinkError("org.varlink.service.MethodNotFound", ["method": .string(method)])
  }

  /// The interface has the method, this service hasn't. `method` is the qualified name.
  public static func methodNotImplemented(_ method: String) -> VarlinkError {
    VarlinkError("org.varlink.service.MethodNotImplemented", ["method": .string(method)])
  }

  /// A parameter is unknown, missing, or has a value that it can't have. `parameter` is the path of
  /// the field from the parameters down: `context.command`.
  public static func invalidParameter(_ parameter: String) -> VarlinkError {
    VarlinkError("org.varlink.service.InvalidParameter", ["parameter": .string(parameter)])
  }

  /// The client may not do that.
  public static let permissionDenied = VarlinkError("org.varlink.service.PermissionDenied")

  /// The method wants to be called with `more`.
  public static let expectedMore = VarlinkError("org.varlink.service.ExpectedMore")

  /// The method wants to be called with `upgrade`.
  public static let expectedUpgrade = VarlinkError("org.varlink.service.ExpectedUpgrade")

  /// An error number of the system, in systemd's notation: `name` is the symbolic one, `ENOENT`.
  public static func system(_ name: String, number: Int32) -> VarlinkError {
    VarlinkError(
      "io.systemd.System",
      [
        "origin": .string("linux"), "errnoName": .string(name), "errno": .int(Int64(number)),
      ])
  }
}
