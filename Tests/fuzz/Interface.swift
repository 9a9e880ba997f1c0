import Varlink

/// A description is refused with a place in it, or every name that it declares is found.
func checkInterface(_ bytes: [UInt8]) {
  let source = String(decoding: bytes, as: UTF8.self)
  do throws(InterfaceSyntaxError) {
    let interface = try InterfaceDescription(parsing: source)
    for declaration in interface.declarations {
      precondition(interface[declaration.name] == declaration, "\(declaration.name) isn't found")
    }
    precondition(interface.source == source, "the description isn't served word for word")
  } catch {
    precondition(error.line >= 1 && error.column >= 1, "\(error) is nowhere")
  }
}
