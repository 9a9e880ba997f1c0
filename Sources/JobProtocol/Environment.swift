internal import Varlink

/// The two fields of a context that carry environment variables.
enum Environment {
  /// `nil` if neither is given.
  static func read(_ reader: Reader) throws(BadValue) -> [OSString]? {
    let text = try reader.optionalMap("environment")
    let base64 = try reader.optionalArray("environmentBase64")
    guard text != nil || base64 != nil else { return nil }

    var variables: [OSString] = []
    for member in text?.members ?? [] {
      variables.append(try variable(member, at: reader.path(of: "environment")))
    }
    for value in base64 ?? [] {
      let path = reader.path(of: "environmentBase64")
      let variable = try OSString(base64: value, at: path)
      guard let equals = variable.bytes.firstIndex(of: UInt8(ascii: "=")), equals > 0 else {
        throw BadValue(path, "has an entry that is not NAME=value")
      }
      variables.append(variable)
    }
    return variables
  }

  private static func variable(
    _ member: JSONObject.Member, at path: String
  ) throws(BadValue) -> OSString {
    guard case .string(let value) = member.value else {
      throw BadValue("\(path).\(member.name)", "is not a string")
    }
    guard !member.name.isEmpty, !member.name.utf8.contains(UInt8(ascii: "=")) else {
      throw BadValue(path, "has a name that is empty or has a = in it: \"\(member.name)\"")
    }
    guard let variable = OSString("\(member.name)=\(value)") else {
      throw BadValue(
        "\(path).\(member.name)", "has a NUL byte in it, which no environment can carry")
    }
    return variable
  }

  /// Text goes into the map; what is no text, and a name that comes twice, beside it.
  static func write(
    _ variables: [OSString], to sink: inout some MemberSink & ~Copyable
  ) {
    var members: [JSONObject.Member] = []
    members.reserveCapacity(variables.count)
    var rest: [JSON] = []
    for variable in variables {
      if let member = member(variable) {
        members.append(member)
      } else {
        rest.append(variable.base64)
      }
    }
    for (name, value) in removeRepetitions(from: &members) {
      rest.append(.string(Base64.encode("\(name)=\(value)".utf8)))
    }
    sink.member("environment", .object(JSONObject(uniqueMembers: members)))
    if !rest.isEmpty { sink.member("environmentBase64", .array(rest)) }
  }

  /// `nil` for what is not text.
  private static func member(_ variable: OSString) -> JSONObject.Member? {
    guard let text = variable.text, let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) else {
      return nil
    }
    let value = text[text.utf8.index(after: equals)...]
    return JSONObject.Member(String(text[..<equals]), .string(String(value)))
  }

  /// Takes out those whose name has come before.
  ///
  /// Sorted, equal names are neighbours. The runtime would take longer to make a set's type, and to find that
  /// its elements can be hashed, than `jobctl` takes for its whole environment.
  private static func removeRepetitions(
    from members: inout [JSONObject.Member]
  ) -> [(name: String, value: String)] {
    let order = members.indices.sorted {
      let (first, second) = (members[$0].name, members[$1].name)
      return first == second ? $0 < $1 : first < second
    }
    var repeated: [Int] = []
    for position in order.indices.dropFirst()
    where members[order[position]].name == members[order[position - 1]].name {
      repeated.append(order[position])
    }
    if repeated.isEmpty { return [] }
    repeated.sort()
    let removed = repeated.map { (members[$0].name, members[$0].value.string ?? "") }
    var next = repeated[...]
    var index = 0
    members.removeAll { _ in
      defer { index += 1 }
      guard next.first == index else { return false }
      next.removeFirst()
      return true
    }
    return removed
  }
}
