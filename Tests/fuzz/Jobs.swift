import JobProtocol
import LinuxProcess
import Varlink

/// Parameters of `Run` and `Cancel` are refused with the name of a field, or mean the same when they are
/// sent on; and a job that was read can be started, as far as the daemon can tell.
func checkJob(_ bytes: [UInt8]) {
  guard case .object(let object)? = try? JSON(parsing: bytes) else { return }
  if let run = checkedRoundTrip(RunParameters.self, object) { checkSpecification(run.context) }
  _ = checkedRoundTrip(CancelParameters.self, object)
  _ = checkedRoundTrip(ListParameters.self, object)
}

private func checkedRoundTrip<Parameters: WireObject>(
  _: Parameters.Type, _ object: JSONObject
) -> Parameters? {
  do {
    let parameters = try Parameters(object)
    precondition(
      (try? Parameters(parameters.wire)) == parameters, "\(parameters) isn't what it was")
    return parameters
  } catch {
    precondition(!error.parameter.isEmpty, "\(error) is about no field")
    return nil
  }
}

private func checkSpecification(_ context: JobContext) {
  do {
    _ = try SpawnSpecification(
      arguments: context.command.map(\.bytes),
      environment: (context.environment ?? []).map(\.bytes),
      workingDirectory: context.workingDirectory?.bytes ?? Array("/".utf8))
  } catch {
    preconditionFailure("a job that was read can't be started: \(error)")
  }
}
