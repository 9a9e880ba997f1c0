import JobProtocol
import Varlink

/// What is read means the same when it was written and read again.
func checkJSON(_ bytes: [UInt8]) {
  guard let value = try? JSON(parsing: bytes) else {
    precondition((try? Call(parsing: bytes)) == nil, "a call that is no JSON")
    precondition((try? Reply(parsing: bytes)) == nil, "a reply that is no JSON")
    return
  }
  let written = value.encoded()
  precondition(!written.contains(0), "a NUL would end the message")
  precondition((try? JSON(parsing: written)) == value, "\(value) isn't what it was")
  if let call = try? Call(parsing: bytes) {
    precondition(
      (try? Call(parsing: call.encoded().dropLast())) == call, "\(call) isn't what it was")
  }
  if let reply = try? Reply(parsing: bytes) {
    precondition(
      (try? Reply(parsing: reply.encoded().dropLast())) == reply, "\(reply) isn't what it was")
  }
}

/// Messages to the service are answered, invoked or refused, and the connection always knows what next.
func checkCalls(_ bytes: [UInt8]) {
  var connection = ServerConnection()
  for message in bytes.split(separator: 0, omittingEmptySubsequences: false) {
    switch connection.received(Array(message), for: service) {
    case .answered:
      break
    case .invoke(let invocation):
      connection.progress(invocation.parameters)
      connection.finish(invocation.parameters)
    case .refused:
      precondition(!connection.isReading, "reads on after a malformed message")
      return
    }
    checkReplies(&connection.outgoing)
    precondition(connection.isReading, "is neither finished nor reading")
  }
}

private func checkReplies(_ outgoing: inout OutgoingBytes) {
  var bytes: [UInt8] = []
  while let chunk = outgoing.withFirstChunk({ chunk in chunk.indices.map { chunk[$0] } }) {
    bytes += chunk
    outgoing.consumed(chunk.count)
  }
  for reply in bytes.split(separator: 0) {
    precondition((try? Reply(parsing: reply)) != nil, "a reply that no client can read")
  }
}

private let service: Service = {
  do {
    return Service(
      vendor: "v", product: "p", version: "1", url: "u",
      interfaces: [try InterfaceDescription(parsing: JobdInterface.description)])
  } catch {
    preconditionFailure("\(error)")
  }
}()
