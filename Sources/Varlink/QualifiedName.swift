/// `org.varlink.service.GetInfo`: an interface and what it declares.
enum QualifiedName {
  /// The two parts; `nil` where there is no dot.
  static func split(_ name: String) -> (interface: String, member: String)? {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    return (String(name[..<dot]), String(name[name.utf8.index(after: dot)...]))
  }
}
