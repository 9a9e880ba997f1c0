import Testing
import Varlink

/// A connection with a client at the other end, where a test can ask it: what is not copyable can't
/// be looked at in an expectation.
final class TestedConnection {
  private var connection = ServerConnection()

  var phase: ServerConnection.Phase { connection.phase }
  var isReading: Bool { connection.isReading }
  var isFinished: Bool { connection.isFinished }
  var takesProgress: Bool { connection.takesProgress }
  var waiting: Int { connection.outgoing.count }

  /// Hands over a message with its NUL, as it comes from a client.
  func deliver(_ message: [UInt8], _ service: Service) -> ServerConnection.MessageAction {
    connection.received(message.dropLast(), for: service)
  }

  func stoppedReading() { connection.stoppedReading() }
  func disconnected() -> Call.Mode? { connection.disconnected() }
  func progress(_ parameters: JSONObject) { connection.progress(parameters) }
  func progress(encoded reply: [UInt8]) { connection.progress(encoded: reply) }
  func finish(_ parameters: JSONObject = [:]) { connection.finish(parameters) }
  func fail(_ error: VarlinkError) { connection.fail(error) }
  func upgrade() { connection.upgrade() }

  /// Writes everything, and reads it as a client would.
  func written() throws -> [Reply] {
    var bytes: [UInt8] = []
    while let chunk = connection.outgoing.takeFirst() { bytes += chunk }
    #expect(bytes.isEmpty || bytes.last == 0)
    return try bytes.split(separator: 0).map { try Reply(parsing: $0) }
  }
}

extension OutgoingBytes {
  /// Takes the bytes that lie together at the front.
  mutating func takeFirst() -> [UInt8]? {
    let chunk = withFirstChunk { chunk in chunk.indices.map { chunk[$0] } }
    consumed(chunk?.count ?? 0)
    return chunk
  }
}
