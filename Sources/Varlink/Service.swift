/// A service: who it is and the interfaces that it serves.
///
/// `org.varlink.service` is among them without being named, and answered here.
public struct Service: Sendable {
  public let vendor: String
  public let product: String
  public let version: String
  public let url: String
  /// `org.varlink.service` first, then the service's own.
  public let interfaces: [InterfaceDescription]

  /// A service of these interfaces, whose names are different.
  public init(
    vendor: String, product: String, version: String, url: String,
    interfaces: [InterfaceDescription]
  ) {
    self.vendor = vendor
    self.product = product
    self.version = version
    self.url = url
    self.interfaces = [.varlinkService] + interfaces
  }

  /// The interface of that name.
  public func interface(_ name: String) -> InterfaceDescription? {
    interfaces.first { $0.name == name }
  }
}

extension Service {
  /// What is to be done about a call.
  public enum Routed: Hashable, Sendable {
    /// Answer this, and nothing else.
    case reply(Reply)
    /// The application's own method, its parameters checked against the interface.
    case invoke(Invocation)
  }

  /// A call of one of the application's own methods.
  public struct Invocation: Hashable, Sendable {
    public let interface: String
    /// The name without the interface's.
    public let method: String
    /// Every field declared, every field there that must be, each of its type.
    public let parameters: JSONObject
    public let mode: Call.Mode

    public init(
      interface: String, method: String, parameters: JSONObject, mode: Call.Mode = .plain
    ) {
      self.interface = interface
      self.method = method
      self.parameters = parameters
      self.mode = mode
    }
  }

  /// Finds the method and checks the parameters; answers what needs no application.
  public func route(_ call: Call) -> Routed {
    do throws(VarlinkError) {
      let invocation = try invocation(for: call)
      guard invocation.interface == InterfaceDescription.varlinkService.name else {
        return .invoke(invocation)
      }
      return .reply(Reply(try introspect(invocation)))
    } catch {
      return .reply(Reply(error))
    }
  }

  private func invocation(for call: Call) throws(VarlinkError) -> Invocation {
    guard let (interfaceName, method) = QualifiedName.split(call.method) else {
      throw .methodNotFound(call.method)
    }
    guard let interface = interface(interfaceName) else { throw .interfaceNotFound(interfaceName) }
    try interface.validate(parameters: call.parameters, forMethod: method)
    return Invocation(
      interface: interfaceName, method: method, parameters: call.parameters, mode: call.mode)
  }
}
