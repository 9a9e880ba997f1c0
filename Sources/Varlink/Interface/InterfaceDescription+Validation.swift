extension InterfaceDescription {
  /// Checks the parameters of a call: every field declared, every field there that must be, each of
  /// its type. Null and absence are the same. An integer will do where a float is declared.
  ///
  /// - Throws: `InvalidParameter` with the path of the first field that is wrong; `MethodNotFound`.
  public func validate(
    parameters: JSONObject, forMethod name: String
  ) throws(VarlinkError) {
    guard let method = method(name) else { throw .methodNotFound("\(self.name).\(name)") }
    do throws(InterfaceMismatch) {
      try check(parameters, against: method.input)
    } catch {
      throw .invalidParameter(error.path)
    }
  }

  /// Checks a reply to a call: a result against the method, an error of this interface against its
  /// declaration. Errors of other interfaces pass.
  public func validate(_ reply: Reply, forMethod name: String) throws(InterfaceMismatch) {
    if let error = reply.error { return try validate(error) }
    guard let method = method(name) else { throw InterfaceMismatch(.unknown, in: name) }
    try check(reply.parameters, against: method.output)
  }

  /// Checks an error against its declaration. Errors of other interfaces pass.
  public func validate(_ error: VarlinkError) throws(InterfaceMismatch) {
    guard let (interface, name) = QualifiedName.split(error.name), interface == self.name else {
      return
    }
    guard let fields = self.error(name) else {
      throw InterfaceMismatch(.unknown, in: error.name)
    }
    try check(error.parameters, against: fields)
  }

  private func check(
    _ object: JSONObject, against fields: [Field]
  ) throws(InterfaceMismatch) {
    for member in object.members {
      guard let field = fields.first(where: { $0.name == member.name }) else {
        throw InterfaceMismatch(.unknown, in: member.name)
      }
      do throws(InterfaceMismatch) {
        try check(member.value, against: field.type)
      } catch {
        throw error.inside(member.name)
      }
    }
    // Names are unique and all declared, so an object with as many members lacks none.
    if object.members.count == fields.count { return }
    for field in fields where !field.type.isNullable && object[field.name] == nil {
      throw InterfaceMismatch(.missing, in: field.name)
    }
  }

  /// Recurses as deep as the value is nested, and values are nested within bounds.
  private func check(_ value: JSON, against type: InterfaceType) throws(InterfaceMismatch) {
    switch (type, value) {
    case (.nullable, .null): break
    case (.nullable(let type), _): try check(value, against: type)
    case (_, .null): throw InterfaceMismatch(.missing)
    case (.named(let name), _):
      guard let type = self.type(name) else { throw InterfaceMismatch(.unknown) }
      try check(value, against: type)
    case (.bool, .bool), (.int, .int), (.string, .string), (.object, .object), (.any, _): break
    case (.float, .int), (.float, .unsigned), (.float, .double): break
    case (.structure(let fields), .object(let object)): try check(object, against: fields)
    case (.enumeration(let cases), .string(let word)):
      guard cases.contains(where: { $0.name == word }) else { throw InterfaceMismatch(.wrongType) }
    case (.array(let type), .array(let elements)):
      for element in elements { try check(element, against: type) }
    case (.map(let type), .object(let object)):
      for member in object.members { try check(member.value, against: type) }
    default: throw InterfaceMismatch(.wrongType)
    }
  }
}

extension InterfaceType {
  fileprivate var isNullable: Bool { if case .nullable = self { true } else { false } }
}
