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
  static func write(_ variables: [OSString], to object: inout JSONObject) {
    var members: [JSONObject.Member] = []
    var names: Set<String> = []
    var rest: [JSON] = []
    for variable in variables {
      if let (name, value) = split(variable), names.insert(name).inserted {
        members.append(JSONObject.Member(name, .string(value)))
      } else {
        rest.append(variable.base64)
      }
    }
    object["environment"] = .object(JSONObject(uniqueMembers: members))
    if !rest.isEmpty { object["environmentBase64"] = .array(rest) }
  }

  private static func split(_ variable: OSString) -> (name: String, value: String)? {
    guard let text = variable.text, let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) else {
      return nil
    }
    return (String(text[..<equals]), String(text[text.utf8.index(after: equals)...]))
  }
}
