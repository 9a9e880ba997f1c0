internal import JobProtocol
internal import SystemPackage
internal import Varlink

/// An error that jobd answered.
struct Refusal {
  private let error: VarlinkError

  init(_ error: VarlinkError) {
    self.error = error
  }

  var failure: Failure {
    switch jobdError {
    case .noSuchJob(let id): Failure("there is no job \(id)", exitCode: ExitStatus.noSuchJob)
    case .badValue(let value):
      Failure("\(Self.option(for: value.parameter)): \(value.message)")
    case let error?: Failure("\(error)")
    case nil: Failure(words)
    }
  }

  private var jobdError: JobdError? {
    // An error of ours with parameters that aren't is told as it came.
    try? JobdError(name: error.name, parameters: error.parameters)
  }

  private var words: String {
    switch error.name {
    case "org.varlink.service.PermissionDenied": "jobd says that you may not do that"
    case "org.varlink.service.InterfaceNotFound":
      "what listens there is not jobd: it doesn't know \(JobdInterface.name)"
    case "org.varlink.service.MethodNotFound", "org.varlink.service.InvalidParameter":
      "this jobd doesn't know what this jobctl asks for; are they of one version? (\(error))"
    case "io.systemd.System":
      "jobd can't take the job: \(systemError.map { "\($0)" } ?? "\(error)")"
    default: "jobd answers \(error)"
    }
  }

  private var systemError: Errno? {
    error.parameters.int("errno").flatMap(CInt.init(exactly:)).map(Errno.init(rawValue:))
  }

  /// The option by which the user gave what has this path in the protocol.
  private static func option(for parameter: String) -> String {
    switch parameter {
    case "context.stop.signal", "signal": "--signal"
    case "context.stop.gracePeriodUSec", "gracePeriodUSec": "--grace"
    case "context.stop.scope": "--stop-scope"
    case "context.stop.closeStandardInput": "--stdin"
    case "context.workingDirectory", "context.workingDirectoryBase64": "--cwd"
    case "context.name": "--name"
    case "context.umask": "--umask"
    case "context.command", "context.commandBase64": "the command"
    case "reason": "--reason"
    case _ where parameter.hasPrefix("context.environment"): "the environment (\(parameter))"
    default: parameter
    }
  }
}
