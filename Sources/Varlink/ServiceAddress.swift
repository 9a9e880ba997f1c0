/// Where a service listens, as Varlink addresses say it.
public enum ServiceAddress: Hashable, Sendable {
  /// `unix:/run/jobd/jobd.sock`, or just the path.
  case path(String)
  /// `unix:@name`: Linux's abstract namespace, which has no permissions.
  case abstract(String)

  /// Parses an address. What follows a `;` are properties, which nothing here needs.
  ///
  /// - Returns: `nil` for transports other than Unix sockets, and for an empty name.
  public init?(_ address: String) {
    let name: Substring
    if address.hasPrefix("unix:") {
      name = address.dropFirst("unix:".count).prefix { $0 != ";" }
    } else if address.hasPrefix("/") || address.hasPrefix(".") || !address.contains(":") {
      name = address[...]
    } else {
      return nil
    }
    if name.hasPrefix("@") {
      self = .abstract(String(name.dropFirst()))
    } else {
      self = .path(String(name))
    }
    if name.isEmpty || name == "@" || name.utf8.contains(0) { return nil }
  }
}

extension ServiceAddress: CustomStringConvertible {
  /// `unix:/run/jobd/jobd.sock`
  public var description: String {
    switch self {
    case .path(let path): "unix:\(path)"
    case .abstract(let name): "unix:@\(name)"
    }
  }
}
