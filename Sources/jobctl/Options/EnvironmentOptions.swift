internal import ArgumentParser
internal import JobProtocol

/// What of jobctl's environment the job gets, with the options of env(1).
struct EnvironmentOptions: ParsableArguments {
  @Flag(
    name: [.customShort("i"), .long],
    help: "Begin with no environment variable at all.")
  var clearEnv = false

  @Option(
    name: [.customShort("u"), .long],
    help: ArgumentHelp("Remove a variable.", valueName: "name"))
  var unset: [RawArgument] = []

  @Option(
    name: [.customShort("E"), .long],
    help: ArgumentHelp(
      "Set a variable; without a value, pass jobctl's own on.", valueName: "name[=value]"))
  var env: [RawArgument] = []

  func validate() throws {
    for name in unset where name.value.bytes.isEmpty || name.value.bytes.contains(equals) {
      throw ValidationError("--unset: '\(name.value)' is not the name of a variable")
    }
    for variable in env where variable.value.bytes.first.map({ $0 == equals }) ?? true {
      throw ValidationError("--env: '\(variable.value)' does not begin with a name")
    }
  }

  /// The variables of the job, each `NAME=value`: cleared first, then unset, then set.
  ///
  /// - Parameter own: jobctl's. What in it is not `NAME=value` no program can see; it is left out.
  func variables(from own: [OSString]) -> [OSString] {
    let own = own.filter { $0.variableName.map { !$0.isEmpty } ?? false }
    var variables = clearEnv ? [] : own
    let removed = Set(unset.map { $0.value.bytes[...] })
    variables.removeAll { removed.contains($0.variableName ?? []) }
    for variable in env {
      let name = variable.value.variableName ?? variable.value.bytes[...]
      let value =
        variable.value.bytes.contains(equals)
        ? variable.value : own.first { $0.variableName == name }
      variables.removeAll { $0.variableName == name }
      if let value { variables.append(value) }
    }
    return variables
  }
}

private let equals = UInt8(ascii: "=")

extension OSString {
  /// What stands before the first `=`; `nil` where there is none.
  fileprivate var variableName: ArraySlice<UInt8>? {
    bytes.firstIndex(of: equals).map { bytes[..<$0] }
  }
}
