internal import ArgumentParser
internal import JobProtocol

/// What of jobctl's environment the job gets, with the options of env(1).
struct EnvironmentOptions: Equatable {
  var clearEnv = false
  var unset: [OSString] = []
  var env: [OSString] = []

  /// What is wrong with them, if anything is.
  var problem: String? {
    for name in unset where name.bytes.isEmpty || name.bytes.contains(equals) {
      return "--unset: '\(name)' is not the name of a variable"
    }
    for variable in env where variable.bytes.first.map({ $0 == equals }) ?? true {
      return "--env: '\(variable)' does not begin with a name"
    }
    return nil
  }

  /// The variables of the job, each `NAME=value`: cleared first, then unset, then set.
  ///
  /// - Parameter own: jobctl's. What in it is not `NAME=value` no program can see; it is left out.
  func variables(from own: [OSString]) -> [OSString] {
    let own = own.filter { $0.variableName.map { !$0.isEmpty } ?? false }
    var variables = clearEnv ? [] : own
    for name in unset { variables.removeAll { $0.variableName == name.bytes[...] } }
    for variable in env {
      let name = variable.variableName ?? variable.bytes[...]
      let value =
        variable.bytes.contains(equals) ? variable : own.first { $0.variableName == name }
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

/// ``EnvironmentOptions`` as the library reads them.
struct EnvironmentArguments: ParsableArguments {
  @Flag(
    name: [.customShort("i"), .long],
    help: "Begin with no environment variable at all.")
  var clearEnv = false

  @Option(
    name: [.customShort("u", allowingJoined: true), .long],
    help: ArgumentHelp("Remove a variable.", valueName: "name"))
  var unset: [RawArgument] = []

  @Option(
    name: [.customShort("E", allowingJoined: true), .long],
    help: ArgumentHelp(
      "Set a variable; without a value, pass jobctl's own on.", valueName: "name[=value]"))
  var env: [RawArgument] = []

  var options: EnvironmentOptions {
    EnvironmentOptions(clearEnv: clearEnv, unset: unset.map(\.value), env: env.map(\.value))
  }
}
