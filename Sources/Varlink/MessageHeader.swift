/// The members of a message beside its parameters, for calls and replies alike.
struct MessageHeader {
  private let object: JSONObject

  init(parsing bytes: some Sequence<UInt8>) throws(MalformedMessage) {
    let document: JSON
    do throws(JSONSyntaxError) { document = try JSON(parsing: bytes) } catch { throw .json(error) }
    guard case .object(let object) = document else { throw .notAnObject }
    self.object = object
  }

  /// Refuses members that are neither known nor extensions: objects under a name with a dot.
  func checkNames(known: [String]) throws(MalformedMessage) {
    for member in object.members where !known.contains(member.name) {
      guard member.name.utf8.contains(UInt8(ascii: ".")) else {
        throw .unknownMember(member.name)
      }
      guard case .object = member.value else { throw .wrongType(member: member.name) }
    }
  }

  /// A string; `nil` where it is absent or null.
  func string(_ name: String) throws(MalformedMessage) -> String? {
    switch object[name] {
    case nil, .null: return nil
    case .string(let value): return value
    default: throw .wrongType(member: name)
    }
  }

  /// A flag; absent and null are false.
  func flag(_ name: String) throws(MalformedMessage) -> Bool {
    switch object[name] {
    case nil, .null: return false
    case .bool(let value): return value
    default: throw .wrongType(member: name)
    }
  }

  /// The parameters; absent and null are none.
  func parameters() throws(MalformedMessage) -> JSONObject {
    switch object["parameters"] {
    case nil, .null: return JSONObject()
    case .object(let value): return value
    default: throw .wrongType(member: "parameters")
    }
  }
}
