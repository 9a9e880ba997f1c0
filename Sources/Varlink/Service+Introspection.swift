extension InterfaceDescription {
  /// `org.varlink.service`, which every service has.
  public static let varlinkService: InterfaceDescription = {
    do throws(InterfaceSyntaxError) {
      return try InterfaceDescription(parsing: varlinkServiceSource)
    } catch {
      preconditionFailure("org.varlink.service, \(error)")
    }
  }()
}

extension Service {
  /// Carries out a method of `org.varlink.service`.
  ///
  /// `upgrade` is of no effect here, nor is `more`: there is one reply, and the connection goes on.
  func introspect(_ invocation: Invocation) throws(VarlinkError) -> JSONObject {
    switch invocation.method {
    case "GetInfo":
      [
        "vendor": .string(vendor), "product": .string(product), "version": .string(version),
        "url": .string(url), "interfaces": .array(interfaces.map { .string($0.name) }),
      ]
    case "GetInterfaceDescription":
      ["description": .string(try description(of: invocation.parameters.string("interface") ?? ""))]
    default:
      throw .methodNotImplemented("\(invocation.interface).\(invocation.method)")
    }
  }

  private func description(of name: String) throws(VarlinkError) -> String {
    guard let interface = interface(name) else { throw .interfaceNotFound(name) }
    return interface.source
  }
}

private let varlinkServiceSource = """
  # What every Varlink service answers about itself.
  interface org.varlink.service

  # Who the service is and which interfaces it has, this one included.
  method GetInfo() -> (
    vendor: string,
    product: string,
    version: string,
    url: string,
    interfaces: []string
  )

  # The description of one interface, as text.
  method GetInterfaceDescription(interface: string) -> (description: string)

  # The service has no interface of this name.
  error InterfaceNotFound (interface: string)

  # The interface has no method of this name.
  error MethodNotFound (method: string)

  # The interface has the method, but the service doesn't implement it.
  error MethodNotImplemented (method: string)

  # A parameter is unknown, missing, or has a value that it can't have.
  error InvalidParameter (parameter: string)

  # The client may not do that.
  error PermissionDenied ()

  # The method must be called with 'more'.
  error ExpectedMore ()

  # The method must be called with 'upgrade'.
  error ExpectedUpgrade ()

  """
