import JobProtocol
import Varlink

/// What a service says, as a client reads it, is refused with the name of a field, or means the same when it is
/// said again.
func checkReply(_ bytes: [UInt8]) {
  guard let reply = try? Reply(parsing: bytes) else { return }
  let parameters = reply.parameters
  if case .error(let name) = reply.outcome {
    let read = { (parameters: JSONObject) throws(BadValue) in
      try JobdError(name: name, parameters: parameters)
    }
    checkRoundTrip(parameters, read, \.parameters)
    return
  }
  checkRoundTrip(parameters, RunReply.init, \.wire)
  checkRoundTrip(parameters, ListReply.init, \.wire)
  checkRoundTrip(parameters, CancelReply.init, \.wire)
  checkRoundTrip(parameters, ServiceDescription.init, \.wire)
}

private func checkRoundTrip<Value: Equatable>(
  _ parameters: JSONObject, _ read: (JSONObject) throws(BadValue) -> Value?,
  _ say: (Value) -> JSONObject
) {
  do throws(BadValue) {
    guard let value = try read(parameters) else { return }
    precondition((try? read(say(value))) == value, "\(value) isn't what it was")
  } catch {
    precondition(!error.parameter.isEmpty, "\(error) is about no field")
  }
}
